// What is known of a foreign pool of workers (piscina, tinypool): its jobs wait until a worker takes them, and then for that.
import { basename } from 'node:path';
import type { ExecutorStatistics } from '../src/channels/statistics.ts';
import { now } from '../src/runtime/clock.ts';
import { parentForNew } from '../src/runtime/context.ts';
import type { Identity } from '../src/runtime/resource.ts';
import { originAt } from './hook-origin.ts';
import { CallRecord, guard } from './record.ts';
import { ResourceJob, WrappedResource } from './resource-record.ts';

/** The object of the library that stands for one call of `run`. */
export interface TaskInfo {
  /** `default` where a file has one function. */
  readonly name: string | null;
  readonly filename: string;
}

/** What the foreign object says of itself; all else is counted here. */
export type ExecutorReading = Pick<ExecutorStatistics, 'type' | 'workers' | 'mostWorkers' | 'capacity'>;

/** A foreign pool of workers. */
export class WrappedExecutor<Pool extends object> {
  readonly resource: WrappedResource<Pool, ExecutorStatistics>;
  readonly #label: string;

  /** @param label the name of the library */
  constructor(label: string, name: string, identity: Identity, pool: Pool, read: (pool: Pool) => ExecutorReading) {
    this.#label = label;
    this.resource = new WrappedResource<Pool, ExecutorStatistics>(name, identity, pool, (instance, record) => {
      const reading = read(instance);
      return {
        kind: 'executor',
        ...reading,
        busy: Math.min(record.holds.size, reading.workers),
        queued: record.waiters,
        completed: record.completed,
        failed: record.failed,
        refused: record.refused,
      };
    });
  }

  job(task: TaskInfo): ResourceJob {
    const at = now();
    const named = task.name === null || task.name === 'default' ? basename(task.filename) : task.name;
    const origin = originAt('job', this.#label, { name: named }, at);
    const job = new ResourceJob(this.resource, new CallRecord(origin, at, parentForNew(), false));
    job.wait('start');
    return job;
  }
}

/** A call of `run`, and what settles its promise. */
export interface Asked {
  readonly task: TaskInfo;
  readonly resolve: (this: void, value: unknown) => void;
  readonly reject: (this: void, error: unknown) => void;
}

/** Jobs by what stands for them. */
export class ExecutorJobs {
  readonly #jobs: WeakMap<TaskInfo, ResourceJob> = new WeakMap();

  /** What settles the promise of a call tells the end of the job. */
  ask(executor: Pick<WrappedExecutor<object>, 'job'>, { task, resolve, reject }: Asked): Omit<Asked, 'task'> {
    const job = executor.job(task);
    this.#jobs.set(task, job);
    return {
      resolve(value) {
        guard(() => job.end(false), undefined);
        resolve(value);
      },
      reject(error) {
        guard(() => job.end(true, error), undefined);
        reject(error);
      },
    };
  }

  /** A worker has taken it. */
  start(task: TaskInfo): void {
    this.#jobs.get(task)?.start();
  }

  /** It was not even queued. */
  refuse(task: TaskInfo): void {
    this.#jobs.get(task)?.end(true, new Error('the queue is full'));
  }
}
