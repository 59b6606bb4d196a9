// Jobs that wait in line for one of so many workers: what all executors have in common. A job is a task of kind `job`
// which waits for its `start` on the executor, and holds it while it runs.
import { holdEnded, holdStarted, type Hold, type ResourceRecord } from '../channels/resource.ts';
import type { Site } from '../channels/site.ts';
import type { ExecutorStatistics } from '../channels/statistics.ts';
import type { TaskRecord } from '../channels/task.ts';
import { CancelledError, QueueFullError, StateError } from '../errors.ts';
import { checkSignal } from '../primitives/arguments.ts';
import { Task } from '../primitives/tasks/task.ts';
import { noOptions, throwIfEnded, Waiter, type WaitOptions } from '../primitives/waiter.ts';
import { now } from '../runtime/clock.ts';
import { parentForNew, runInTask } from '../runtime/context.ts';
import { List } from '../runtime/list.ts';
import type { CloseOptions } from './resource-pool.ts';

/** A job that runs, and the number of its worker, from 1. */
export class RunningJob implements Hold {
  readonly resource: ResourceRecord;
  readonly task: Task;
  readonly worker: number;
  readonly since: number = now();
  readonly site: Site | null;
  previous: RunningJob | null = null;
  next: RunningJob | null = null;

  constructor(resource: ResourceRecord, task: Task, worker: number) {
    this.resource = resource;
    this.task = task;
    this.worker = worker;
    this.site = task.origin.site;
  }
}

/** Where jobs wait and run. */
export class JobLine {
  readonly #executor: ResourceRecord;
  readonly mostWorkers: number;
  readonly #capacity: number;
  readonly running: List<RunningJob> = new List();
  readonly #waiting: List<Waiter<RunningJob>> = new List();
  readonly #closers: List<Waiter<void>> = new List();
  /** Numbers of workers that have nothing to do; those that never had are not in it. */
  readonly #idle: number[] = [];
  #lastWorker = 0;
  #isPaused = false;
  #isClosed = false;
  #completed = 0;
  #failed = 0;
  #refused = 0;

  constructor(executor: ResourceRecord, mostWorkers: number, capacity: number) {
    this.#executor = executor;
    this.mostWorkers = mostWorkers;
    this.#capacity = capacity;
  }

  /** Whether nothing waits, runs, or may come any more. */
  get isOver(): boolean {
    return this.#isClosed && this.running.size + this.#waiting.size === 0;
  }

  /**
   * Gives a job to the first worker that is free.
   * @throws StateError after `close`, QueueFullError if too many wait already
   */
  submit<Value>(
    run: (job: RunningJob) => Value | PromiseLike<Value>,
    name: string,
    signal: AbortSignal | undefined,
  ): Task<Value> {
    if (signal !== undefined) checkSignal(signal);
    const { kind, name: executor } = this.#executor;
    const canStart = this.#canStart();
    if (this.#isClosed) {
      this.#refused++;
      throw new StateError(`${kind} ${executor} is closed: it takes no more jobs`);
    }
    if (!canStart && this.#waiting.size >= this.#capacity) {
      this.#refused++;
      throw new QueueFullError(`${kind} ${executor} is full: ${this.#waiting.size} of ${this.#capacity} jobs wait`);
    }
    const task = new Task<Value>('job', name, parentForNew());
    if (canStart) {
      // not begun before it is called: with a signal that is aborted it never is; and called anew, for it may have another span
      const begin = (): Promise<Value> => {
        const job = this.#begin(task);
        return runInTask(task, () => this.#run(job, run), undefined);
      };
      return task.start(begin, signal === undefined ? {} : { signal });
    }
    let job: RunningJob;
    const gate = async (): Promise<void> => {
      job = await new Waiter<RunningJob>('start', this.#executor, undefined, noOptions, this.#waiting).promise;
      try {
        throwIfEnded(noOptions); // it was cancelled just when it got its turn
      } catch (error) {
        this.#end(job);
        throw error;
      }
    };
    return task.startAfter(gate, () => this.#run(job, run), signal);
  }

  /** No job starts until `resume`. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#handOut();
  }

  /** Takes no more jobs, and waits until those that were given are done; or until they are cancelled. */
  close({ immediate = false, ...options }: CloseOptions): Promise<void> {
    try {
      throwIfEnded(options);
      this.#isClosed = true;
      if (immediate) this.cancelAll(new CancelledError(`${this.#executor.kind} ${this.#executor.name} was closed`));
      if (this.isOver) return Promise.resolve();
      return new Waiter<void>('join', this.#executor, undefined, options satisfies WaitOptions, this.#closers).promise;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Cancels what waits and what runs. */
  cancelAll(reason: unknown): void {
    const tasks = [...Array.from(this.#waiting, ({ task }) => task), ...Array.from(this.running, taskOf)];
    for (const task of tasks) if (task instanceof Task) task.cancel(reason);
  }

  statistics(type: ExecutorStatistics['type'], workers: number): ExecutorStatistics {
    return Object.freeze({
      kind: 'executor',
      type,
      workers,
      mostWorkers: this.mostWorkers,
      busy: this.running.size,
      queued: this.#waiting.size,
      capacity: this.#capacity === Infinity ? null : this.#capacity,
      completed: this.#completed,
      failed: this.#failed,
      refused: this.#refused,
    });
  }

  #canStart(): boolean {
    return !this.#isPaused && this.running.size < this.mostWorkers && this.#waiting.size === 0;
  }

  #begin(task: Task): RunningJob {
    const job = new RunningJob(this.#executor, task, this.#idle.pop() ?? ++this.#lastWorker);
    this.running.push(job);
    if (holdStarted.hasSubscribers) holdStarted.publish(job);
    return job;
  }

  async #run<Value>(job: RunningJob, run: (job: RunningJob) => Value | PromiseLike<Value>): Promise<Value> {
    try {
      return await run(job);
    } catch (error) {
      if (!(error instanceof CancelledError)) this.#failed++;
      throw error;
    } finally {
      this.#completed++;
      this.#end(job);
    }
  }

  #end(job: RunningJob): void {
    this.running.remove(job);
    this.#idle.push(job.worker);
    if (holdEnded.hasSubscribers) holdEnded.publish(job);
    this.#handOut();
    if (this.isOver) for (const closer of this.#closers) closer.resolve();
  }

  #handOut(): void {
    while (!this.#isPaused && this.running.size < this.mostWorkers) {
      const waiter = this.#waiting.shift();
      if (waiter === null) return;
      waiter.resolve(this.#begin(waiter.task as Task));
    }
  }
}

function taskOf({ task }: RunningJob): TaskRecord {
  return task;
}
