// S1, S11, S29: which of my named tasks are still running, and what becomes of them? Three imports are started by name; after
// 300 ms the report says where the slow one is, and what is left is cancelled.
//   node examples/task-manager.ts
//     prints `done: import users, import orders`, `pending: import archive`, `import archive: cancelled after its clean-up`
//   npx loopscope run --otlp http://localhost:4318 -- examples/task-manager.ts
//     sends `run import users`, `run import orders`, `run import archive`
import { allTasks, CancelledError, createTask, currentTask, printTasks, sleep, wait } from 'loopscope';

async function importTable(table: string, rows: number): Promise<number> {
  for (let row = 0; row < rows; row += 10) {
    try {
      await sleep(10); // ten rows are written
    } catch (error) {
      if (error instanceof CancelledError) {
        await sleep(5); // what was begun is taken back: a clean-up may wait, and is waited for
        console.log(`${currentTask()?.name}: cancelled after its clean-up at row ${row}`);
      }
      throw error;
    }
  }
  console.log(`${currentTask()?.name}: ${rows} rows of ${table}`);
  return rows;
}

const sizes = { users: 50, orders: 120, archive: 1_000_000 };
const tasks = Object.entries(sizes).map(([table, rows]) =>
  createTask(() => importTable(table, rows), { name: `import ${table}` }),
);
console.log(
  `started: ${allTasks()
    .map(({ name }) => name)
    .join(', ')}`,
);

const { done, pending } = await wait(tasks, { timeout: 300 });
console.log(`done: ${[...done].map(({ name }) => name).join(', ')}`);
console.log(`pending: ${[...pending].map(({ name }) => name).join(', ')}`);
printTasks();
for (const task of pending) task.cancel('the time is over');
await Promise.allSettled(pending);
