// A job of a worker pool, for whoever gave it: its state, its worker, its times and its result.
import type { Outcome } from '../channels/task.ts';
import type { Task } from '../primitives/tasks/task.ts';
import { noOptions, throwIfEnded, Waiter, type WaitOptions } from '../primitives/waiter.ts';
import { now } from '../runtime/clock.ts';
import type { RunningJob } from './job-line.ts';

/** How a job ended. */
export interface JobResult<Value> {
  readonly id: number;
  readonly name: string;
  readonly status: Outcome;
  /** The number of the worker that ran it, from 1; null if it was cancelled before it started. */
  readonly worker: number | null;
  /** Milliseconds from when it was given until it started, or was cancelled. */
  readonly waitMs: number;
  /** Milliseconds that it ran; 0 if it never did. */
  readonly runMs: number;
  /** What it returned; undefined if it was not fulfilled. */
  readonly value: Value | undefined;
  /** What it was rejected or cancelled with; undefined if it was fulfilled. */
  readonly error: unknown;
}

/** A function or an item that was given to a worker pool. Its failure is in its result: nobody has to handle it. */
export class PoolJob<Value> {
  readonly #task: Task<Value>;
  readonly #submittedAt: number = now();
  #running: RunningJob | null = null;
  #endedAt: number | null = null;
  #value: Value | undefined;

  /**
   * @param submit gives the job to the line, and tells with `started` when it runs
   * @internal
   */
  constructor(submit: (started: (running: RunningJob) => void) => Task<Value>) {
    this.#task = submit((running) => {
      this.#running = running;
    });
    this.#task.observe(
      (value) => this.#end(value),
      () => this.#end(undefined),
    );
  }

  get id(): number {
    return this.#task.id;
  }

  get name(): string {
    return this.#task.name;
  }

  get status(): 'queued' | 'running' | Outcome {
    return this.#task.settlement?.outcome ?? (this.#running === null ? 'queued' : 'running');
  }

  /** The number of the worker that runs or ran it, from 1; null while it is queued. */
  get worker(): number | null {
    return this.#running?.worker ?? null;
  }

  /** Asks the job to end, as `Task.cancel` does. False if it has settled already. */
  cancel(reason?: unknown): boolean {
    return this.#task.cancel(reason);
  }

  /** Waits for what the job returns; rejects with what it fails with. The end of the wait does not end the job. */
  result(options: WaitOptions = noOptions): Promise<Value> {
    try {
      throwIfEnded(options);
      const waiter = new Waiter<Value>('await', this.#task, undefined, options, null);
      this.#task.observe(
        (value) => waiter.resolve(value),
        (error) => waiter.reject(error),
      );
      return waiter.promise;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Waits until the job has ended, in whatever way, and says how. Rejects only if the wait is ended. */
  async report(options: WaitOptions = noOptions): Promise<JobResult<Value>> {
    try {
      await this.result(options);
    } catch (error) {
      if (this.#task.settlement === null) throw error;
    }
    const { id, name, settlement } = this.#task;
    const endedAt = this.#endedAt ?? now();
    const since = this.#running?.since ?? endedAt;
    return Object.freeze({
      id,
      name,
      status: settlement?.outcome ?? 'fulfilled',
      worker: this.worker,
      waitMs: since - this.#submittedAt,
      runMs: endedAt - since,
      value: this.#value,
      error: settlement?.error,
    });
  }

  #end(value: Value | undefined): void {
    this.#endedAt = now();
    this.#value = value;
  }
}
