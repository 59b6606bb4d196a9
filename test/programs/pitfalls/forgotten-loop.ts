// Tasks are collected in a list that nobody awaits.
import { createTask, sleep, type Task } from 'loopscope';

class Importer {
  readonly #tasks: Task<void>[] = [];

  async importAll(rows: readonly number[]): Promise<number> {
    for (const row of rows) {
      this.#tasks.push(createTask(() => this.#importRow(row), { name: 'import row' })); // the mistake
    }
    return this.#tasks.length;
  }

  async #importRow(row: number): Promise<void> {
    await sleep(100 + row);
  }
}

await createTask(() => new Importer().importAll([1, 2, 3]), { name: 'import' });
await sleep(300);
