// What crosses to another thread or process together with a job: executors put it into the message, and the worker runs
// the function inside of it. Whoever makes spans sets it on both sides; nobody else knows what is in it.
import type { TaskRecord } from '../channels/task.ts';
import { complain } from './complain.ts';

/** Takes the context of a task across a message. `extract` must call `run`, once, and not throw by itself. */
export interface Carrier {
  /** What is to be sent with the job that this task is; null for nothing. */
  readonly inject: (task: TaskRecord) => Record<string, string> | null;
  /** In the worker: calls `run` inside of the context that was sent, and returns what it returns. */
  readonly extract: <Result>(carrier: Record<string, string>, run: () => Result) => Result;
}

// The number is the version of the interface: copies that speak another one keep apart.
const key = Symbol.for('loopscope.carrier@1');
const slot = globalThis as Record<symbol, Carrier | null | undefined>;

/** Sets what crosses with jobs, for the thread and all copies of loopscope in it; null takes it away. */
export function setCarrier(carrier: Carrier | null): void {
  slot[key] = carrier;
}

/** What crosses with the job that this task is; null where nobody set a carrier. A carrier that throws is taken away. */
export function inject(task: TaskRecord): Record<string, string> | null {
  try {
    return slot[key]?.inject(task) ?? null;
  } catch (error) {
    setCarrier(null);
    complain('the context of jobs does not cross to their workers any more', error);
    return null;
  }
}

/** Calls `run` inside of what crossed with it. */
export function extract<Result>(carrier: Record<string, string> | null, run: () => Result): Result {
  const set = slot[key];
  return carrier === null || set === null || set === undefined ? run() : set.extract(carrier, run);
}
