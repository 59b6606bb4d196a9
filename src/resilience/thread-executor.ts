// Runs functions in threads: for work that computes, and would block the loop. The threads are piscina's (see threads.ts),
// which is loaded with the first job.
import type { Hold } from '../channels/resource.ts';
import type { Site } from '../channels/site.ts';
import type { ExecutorStatistics } from '../channels/statistics.ts';
import { checkCount, checkName, checkNumber, checkOptions } from '../primitives/arguments.ts';
import type { Task } from '../primitives/tasks/task.ts';
import { noOptions } from '../primitives/waiter.ts';
import { load } from '../runtime/load.ts';
import { announce, identify } from '../runtime/resource.ts';
import { mapIn, type ExecuteOptions, type Executor, type MapOptions } from './executor.ts';
import type { Work } from './job-code.ts';
import { JobLine } from './job-line.ts';
import { RemoteJobs } from './remote-jobs.ts';
import type { CloseOptions } from './resource-pool.ts';

/** What executors of both sorts can be told. */
export interface ExecutorOptions {
  /** What reports, spans and metrics call it. Default `threads` or `processes`. */
  readonly name?: string;
  /** The most workers there are; they are started when they are needed. Default: as many as there are processors. */
  readonly workers?: number;
  /** The most jobs that wait before `run` throws a `QueueFullError`. Default Infinity. */
  readonly capacity?: number;
  /** Milliseconds after which a worker that has nothing to do is ended. Default 30,000. */
  readonly idleTimeout?: number;
  /** Milliseconds that a cancelled job has to end by itself; then its worker is ended. Default 1,000. */
  readonly grace?: number;
  /** Options of Node for the workers, such as `--max-old-space-size`. Default: those of this process. */
  readonly execArgv?: readonly string[];
  /** The environment of the workers. Default: that of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface ThreadExecutorOptions extends ExecutorOptions {
  /** How much memory each thread may use, as for `Worker` of node:worker_threads. */
  readonly resourceLimits?: {
    readonly maxOldGenerationSizeMb?: number;
    readonly maxYoungGenerationSizeMb?: number;
    readonly codeRangeSizeMb?: number;
    readonly stackSizeMb?: number;
  };
}

/** What the threads are made with. */
export interface ThreadSettings {
  readonly workers: number;
  readonly idleTimeout: number;
  readonly execArgv?: string[];
  readonly env?: Record<string, string>;
  readonly resourceLimits?: NonNullable<ThreadExecutorOptions['resourceLimits']>;
}

/**
 * Worker threads.
 * @example
 * const threads = new ThreadExecutor({ name: 'thumbnails', workers: 4 });
 * const small = await threads.run(new URL('./resize.js', import.meta.url), [move(pixels), 200]);
 * await threads.close();
 */
export class ThreadExecutor implements Executor {
  readonly kind = 'executor';
  readonly name: string;
  readonly id: number;
  readonly createdAt: number;
  readonly site: Site | null;
  readonly #jobs: RemoteJobs;

  /** @throws ArgumentError if an option is of the wrong type or out of range */
  constructor(options: ThreadExecutorOptions = {}) {
    const { workers, capacity, idleTimeout, grace } = checkExecutor(options);
    const { execArgv, env, resourceLimits } = options;
    this.name = checkName(options.name, 'threads');
    ({ id: this.id, createdAt: this.createdAt, site: this.site } = identify(this.name));
    const settings: ThreadSettings = {
      workers,
      idleTimeout,
      ...(execArgv !== undefined && { execArgv: [...execArgv] }),
      ...(env !== undefined && { env: { ...env } }),
      ...(resourceLimits !== undefined && { resourceLimits }),
    };
    this.#jobs = new RemoteJobs(this, new JobLine(this, workers, capacity), grace, () => {
      const { Threads } = load(import.meta.url, './threads') as typeof import('./threads.ts');
      return new Threads(this.name, settings);
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
    return this.#jobs.statistics('threads');
  }

  /** The jobs that run. */
  holders(): Iterable<Hold> {
    return this.#jobs.line.running;
  }
}

/** The options that both sorts have, with their defaults. */
export function checkExecutor(
  options: ExecutorOptions,
): Required<Pick<ExecutorOptions, 'workers' | 'capacity' | 'idleTimeout' | 'grace'>> {
  checkOptions(options);
  const { workers = processors(), capacity = Infinity, idleTimeout = 30_000, grace = 1000 } = options;
  checkCount(workers, 'workers', 1);
  checkCount(capacity, 'capacity', 0);
  checkNumber(idleTimeout, 'idleTimeout', 0);
  checkNumber(grace, 'grace', 0);
  return { workers, capacity, idleTimeout, grace };
}

function processors(): number {
  return Math.max(1, navigator.hardwareConcurrency);
}
