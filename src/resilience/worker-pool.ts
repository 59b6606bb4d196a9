// So many workers on this loop that take jobs from one line: for work that waits a lot. Work that computes goes to an
// executor, which has threads or processes.
import type { Hold, ResourceRecord } from '../channels/resource.ts';
import type { Site } from '../channels/site.ts';
import type { ExecutorStatistics } from '../channels/statistics.ts';
import { checkCount, checkFunction, checkName, checkOptions, nameOf } from '../primitives/arguments.ts';
import { noOptions } from '../primitives/waiter.ts';
import { announce, identify } from '../runtime/resource.ts';
import { JobLine } from './job-line.ts';
import { PoolJob } from './pool-job.ts';
import type { CloseOptions } from './resource-pool.ts';

/** What a job is told. */
export interface JobContext {
  /** Aborted when the job is cancelled. */
  readonly signal: AbortSignal;
  /** The number of its worker, from 1. */
  readonly worker: number;
}

export interface WorkerPoolOptions<Item, Result> {
  /** What reports, spans and metrics call it. Default `workers`. */
  readonly name?: string;
  /** How many jobs run at a time. Default 4. */
  readonly workers?: number;
  /** The most jobs that wait before `submit` throws a `QueueFullError`. Default Infinity. */
  readonly capacity?: number;
  /** What is done with an item. Without it, functions are given to `submit`. */
  readonly handle?: (item: Item, job: JobContext) => Result | PromiseLike<Result>;
  /** True: jobs wait until `start` is called. Default false. */
  readonly paused?: boolean;
}

/** A function that is given to a worker pool as a job. */
export type JobFunction<Value> = (job: JobContext) => Value | PromiseLike<Value>;

/**
 * Workers which take jobs in order of asking.
 * @example
 * const mails = new WorkerPool({ name: 'mails', workers: 3, handle: (mail: Mail, { signal }) => send(mail, { signal }) });
 * const job = mails.submit(mail);
 * const { status, worker, runMs } = await job.report({ timeout: 5000 });
 * await mails.shutdown();
 */
export class WorkerPool<Item = never, Result = unknown> implements ResourceRecord, AsyncDisposable {
  readonly kind = 'executor';
  readonly name: string;
  readonly id: number;
  readonly createdAt: number;
  readonly site: Site | null;
  readonly #line: JobLine;
  readonly #handle: ((item: Item, job: JobContext) => Result | PromiseLike<Result>) | null;

  constructor(options: WorkerPoolOptions<Item, Result> = {}) {
    checkOptions(options);
    const { name, workers = 4, capacity = Infinity, handle, paused = false } = options;
    checkCount(workers, 'workers', 1);
    checkCount(capacity, 'capacity', 0);
    if (handle !== undefined) checkFunction(handle, 'handle');
    this.name = checkName(name, 'workers');
    ({ id: this.id, createdAt: this.createdAt, site: this.site } = identify(this.name));
    this.#handle = handle ?? null;
    this.#line = new JobLine(this, workers, capacity);
    if (paused) this.#line.pause();
    announce(this);
  }

  /** Lets the workers begin, if the pool was made `paused`. May be called twice. */
  start(): this {
    this.#line.resume();
    return this;
  }

  /**
   * Gives a job to the first worker that is free: an item if the pool has a `handle`, else a function.
   * @throws StateError after `shutdown`, QueueFullError if too many jobs wait, ArgumentError for no function
   */
  submit(item: Item, options?: JobOptions): PoolJob<Result>;
  submit<Value>(run: JobFunction<Value>, options?: JobOptions): PoolJob<Value>;
  submit(given: unknown, options: JobOptions = noOptions): PoolJob<unknown> {
    checkOptions(options);
    const handle = this.#handle;
    if (handle === null) checkFunction(given, 'the function to submit');
    const run: JobFunction<unknown> =
      handle === null ? (given as JobFunction<unknown>) : (context) => handle(given as Item, context);
    const name = checkName(
      options.name,
      handle === null ? nameOf(given as JobFunction<unknown>, this.name) : this.name,
    );
    return new PoolJob((started) =>
      this.#line.submit(
        (running) => {
          started(running);
          const { task, worker } = running;
          return run({
            worker,
            get signal() {
              return task.signal; // made when it is asked for
            },
          });
        },
        name,
        options.signal,
      ),
    );
  }

  /**
   * Takes no more jobs, and waits until those that were given are done. `immediate` cancels what waits and what runs, and
   * waits until it has ended. May be called twice.
   */
  shutdown(options: CloseOptions = noOptions): Promise<void> {
    this.#line.resume(); // what waits for a start that nobody will call would be waited for in vain
    return this.#line.close(options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  statistics(): ExecutorStatistics {
    return this.#line.statistics('tasks', this.#line.mostWorkers);
  }

  /** The jobs that run. */
  holders(): Iterable<Hold> {
    return this.#line.running;
  }
}

export interface JobOptions {
  /** What reports and spans call the job. Default: the name of the function, or that of the pool. */
  readonly name?: string;
  /** Cancels the job. */
  readonly signal?: AbortSignal;
}
