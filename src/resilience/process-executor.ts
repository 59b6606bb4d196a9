// Runs functions in child processes: for work that may crash, leak, or must not share memory.
import type { Hold } from '../channels/resource.ts';
import type { Site } from '../channels/site.ts';
import type { ExecutorStatistics } from '../channels/statistics.ts';
import { checkName } from '../primitives/arguments.ts';
import type { Task } from '../primitives/tasks/task.ts';
import { noOptions } from '../primitives/waiter.ts';
import { load } from '../runtime/load.ts';
import { announce, identify } from '../runtime/resource.ts';
import { mapIn, type ExecuteOptions, type Executor, type MapOptions } from './executor.ts';
import type { Work } from './job-code.ts';
import { JobLine } from './job-line.ts';
import { RemoteJobs } from './remote-jobs.ts';
import type { CloseOptions } from './resource-pool.ts';
import { checkExecutor, type ExecutorOptions } from './thread-executor.ts';

/** What the processes are made with. */
export interface ProcessSettings {
  readonly idleTimeout: number;
  readonly execArgv: readonly string[] | undefined;
  readonly env: Readonly<Record<string, string>> | undefined;
}

/**
 * Child processes, each of which runs one job at a time. Their output is that of this process.
 * @example
 * await using processes = new ProcessExecutor({ workers: 2 });
 * const sizes = await processes.map({ file: new URL('./render.js', import.meta.url), export: 'render' }, pages);
 */
export class ProcessExecutor implements Executor {
  readonly kind = 'executor';
  readonly name: string;
  readonly id: number;
  readonly createdAt: number;
  readonly site: Site | null;
  readonly #jobs: RemoteJobs;

  /** @throws ArgumentError if an option is of the wrong type or out of range */
  constructor(options: ExecutorOptions = {}) {
    const { workers, capacity, idleTimeout, grace } = checkExecutor(options);
    const { execArgv, env } = options;
    this.name = checkName(options.name, 'processes');
    ({ id: this.id, createdAt: this.createdAt, site: this.site } = identify(this.name));
    this.#jobs = new RemoteJobs(this, new JobLine(this, workers, capacity), grace, () => {
      const { Processes } = load(import.meta.url, './processes') as typeof import('./processes.ts');
      return new Processes(this.name, { idleTimeout, execArgv, env });
    });
    announce(this);
  }

  run<Args extends readonly unknown[], Value>(
    work: Work<Args, Value>,
    args: Args = [] as unknown as Args,
    options: ExecuteOptions = noOptions,
  ): Task<Awaited<Value>> {
    return this.#jobs.submit(work, args, options) as Task<Awaited<Value>>;
  }

  map<Item, Value>(
    work: Work<readonly [item: Item], Value>,
    items: Iterable<Item> | AsyncIterable<Item>,
    options: MapOptions = noOptions,
  ): Task<Awaited<Value>[]> {
    return mapIn(this, work, items, options);
  }

  close(options: CloseOptions = noOptions): Promise<void> {
    return this.#jobs.close(options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  statistics(): ExecutorStatistics {
    return this.#jobs.statistics('processes');
  }

  /** The jobs that run. */
  holders(): Iterable<Hold> {
    return this.#jobs.line.running;
  }
}
