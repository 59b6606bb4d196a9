// Jobs that run elsewhere: in a thread or a process, which can be asked to end a job, and be ended if it does not.
import type { ResourceRecord } from '../channels/resource.ts';
import type { ExecutorStatistics } from '../channels/statistics.ts';
import { ArgumentError, outcomeOf } from '../errors.ts';
import { checkName, checkOptions, describe } from '../primitives/arguments.ts';
import type { Task } from '../primitives/tasks/task.ts';
import { inject } from '../runtime/carrier.ts';
import { onRunEnd } from '../runtime/run-end.ts';
import { park, unpark } from '../runtime/wait.ts';
import type { ExecuteOptions } from './executor.ts';
import { codeOf, type Work } from './job-code.ts';
import { receiveError } from './job-error.ts';
import type { JobLine, RunningJob } from './job-line.ts';
import type { JobMessage, JobReply } from './job-message.ts';
import { unwrap, type Transferable } from './move.ts';
import type { CloseOptions } from './resource-pool.ts';

export type RemoteMessage = Omit<JobMessage, 'key'>;

/** A job that was handed to a worker. */
export interface Running {
  /** Rejects if the worker could not run it to its end. */
  readonly reply: Promise<JobReply>;
  /** Asks the function to end. */
  readonly cancel: () => void;
  /** Ends the worker. */
  readonly terminate: () => void;
}

/** Who has the workers. It is given no more jobs at a time than it may have workers. */
export interface Backend {
  readonly workers: number;
  start(message: RemoteMessage, transfer: readonly Transferable[]): Running;
  /** Ends the workers, none of which runs a job. */
  close(): Promise<void>;
}

export class RemoteJobs {
  readonly #executor: ResourceRecord;
  readonly line: JobLine;
  readonly #make: () => Backend;
  readonly #graceMs: number;
  #backend: Backend | null = null;
  readonly #forgetRun: () => void;

  /** @param make called when the first job starts */
  constructor(executor: ResourceRecord, line: JobLine, graceMs: number, make: () => Backend) {
    this.#executor = executor;
    this.line = line;
    this.#graceMs = graceMs;
    this.#make = make;
    this.#forgetRun = onRunEnd(() => this.close({ immediate: true }));
  }

  submit<Args extends readonly unknown[], Value>(
    work: Work<Args, Value>,
    args: Args,
    options: ExecuteOptions,
  ): Task<Value> {
    checkOptions(options);
    const { code, name: title } = codeOf(work);
    const name = checkName(options.name, title);
    if (!Array.isArray(args)) throw new ArgumentError(`args must be an array of arguments, got ${describe(args)}`);
    if (options.transfer !== undefined && !Array.isArray(options.transfer))
      throw new ArgumentError(`transfer must be an array of buffers and ports, got ${describe(options.transfer)}`);
    const transfer = [...(options.transfer ?? [])];
    const values = args.map((argument) => {
      const unwrapped = unwrap(argument);
      transfer.push(...unwrapped.transfer);
      return unwrapped.value;
    });
    return this.line.submit<Value>(
      (job) => this.#run(job, { name, code, args: values, carrier: null }, transfer) as Promise<Value>,
      name,
      options.signal,
    );
  }

  statistics(type: ExecutorStatistics['type']): ExecutorStatistics {
    return this.line.statistics(type, this.#backend?.workers ?? 0);
  }

  async close(options: CloseOptions): Promise<void> {
    this.#forgetRun();
    await this.line.close(options);
    await this.#backend?.close();
  }

  async #run(job: RunningJob, message: RemoteMessage, transfer: readonly Transferable[]): Promise<unknown> {
    this.#backend ??= this.#make();
    const running = this.#backend.start({ ...message, carrier: inject(job.task) }, transfer);
    let cancellation: unknown;
    let patience: NodeJS.Timeout | null = null;
    const wait = park('run', this.#executor, (reason) => {
      if (cancellation === undefined && this.#graceMs > 0) {
        running.cancel();
        patience = setTimeout(running.terminate, this.#graceMs);
      } else running.terminate();
      cancellation ??= reason;
    });
    try {
      const reply = await running.reply;
      if (reply.ok) {
        unpark(wait);
        return reply.value;
      }
      throw cancellation !== undefined && reply.isCancelled ? cancellation : receiveError(reply.error);
    } catch (thrown) {
      // a worker that was ended because of a cancellation did not crash
      const error = cancellation !== undefined && thrown instanceof Error && isEnd(thrown) ? cancellation : thrown;
      unpark(wait, outcomeOf(error));
      throw error;
    } finally {
      if (patience !== null) clearTimeout(patience);
    }
  }
}

function isEnd(error: Error): boolean {
  return error.name === 'ExecutorCrashedError' || error.name === 'AbortError';
}
