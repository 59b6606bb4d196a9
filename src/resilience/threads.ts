// The threads of a thread executor: piscina's, because it has started, counted and ended threads for years. Its waiting by
// `Atomics.wait` is switched off: a thread whose loop stands still answers nobody who asks what it does.
import { BroadcastChannel, threadId } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import { ArgumentError, ExecutorCrashedError } from '../errors.ts';
import { loadPackage, pathBeside } from '../runtime/load.ts';
import { cancelChannel, type JobReply } from './job-message.ts';
import type { Transferable } from './move.ts';
import type { Backend, RemoteMessage, Running } from './remote-jobs.ts';
import type { ThreadSettings } from './thread-executor.ts';

// Taken at import: fake timers are the program's.
const { setImmediate } = globalThis;

let lastKey = 0;

/** What piscina takes for a signal. It costs a fiftieth of an AbortController. */
class Ending {
  #listener: (() => void) | null = null;

  once(_name: 'abort', listener: () => void): void {
    this.#listener = listener;
  }

  off(): void {
    this.#listener = null;
  }

  removeListener(): void {
    this.#listener = null;
  }

  end(): void {
    this.#listener?.();
  }
}

export class Threads implements Backend {
  readonly #executor: string;
  readonly #pool: Piscina<unknown, JobReply>;
  /** Jobs whose reply has not come, and what fails them. */
  readonly #running = new Map<string, (error: unknown) => void>();
  /** Those of them that were cancelled. */
  readonly #cancelled = new Set<string>();

  constructor(executor: string, { workers, idleTimeout, ...settings }: ThreadSettings) {
    this.#executor = executor;
    const { Piscina: Pool } = loadPackage('piscina') as { readonly Piscina: typeof Piscina };
    this.#pool = new Pool<unknown, JobReply>({
      ...settings,
      filename: pathBeside(import.meta.url, './thread-worker'),
      name: 'runJob',
      minThreads: 0,
      maxThreads: workers,
      idleTimeout,
      atomics: 'disabled',
      recordTiming: false,
      stricterFIFO: true,
    });
    this.#pool.on('error', (error: unknown) => this.#crashedIdle(error));
    // it has heard nothing of what was cancelled while it started, and may be about to be given such a job
    this.#pool.on('workerCreate', () => tellCancelled(this.#cancelled));
    // on the next turn: first the jobs that such a thread ran are told why it ended
    this.#pool.on('workerDestroy', () => void setImmediate(() => this.#failIfNoneLeft()));
  }

  get workers(): number {
    return this.#pool.threads.length;
  }

  start(message: RemoteMessage, transfer: readonly Transferable[]): Running {
    const key = `${threadId}:${++lastKey}`;
    const ending = new Ending();
    const options = { signal: ending, ...(transfer.length > 0 && { transferList: transfer as ArrayBuffer[] }) };
    const { promise, resolve, reject } = Promise.withResolvers<JobReply>();
    this.#running.set(key, reject);
    this.#pool.run({ ...message, key }, options).then(
      (reply) => {
        this.#forget(key);
        resolve(reply);
      },
      (error: unknown) => {
        this.#forget(key);
        reject(this.#describe(error, message.name));
      },
    );
    return {
      reply: promise,
      cancel: () => {
        this.#cancelled.add(key);
        tellCancelled([key]);
      },
      terminate: () => ending.end(),
    };
  }

  #forget(key: string): void {
    this.#running.delete(key);
    this.#cancelled.delete(key);
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  /** What piscina rejects with, which never comes from the function itself: that is in the reply. */
  #describe(error: unknown, name: string): unknown {
    const [what, code] = error instanceof Error ? [error.message, 'code' in error ? error.code : ''] : ['', ''];
    const isClone = error instanceof Error && error.name === 'DataCloneError';
    if (isClone) return new ArgumentError(`what job ${name} was given cannot be sent: ${what}`);
    const exitCode = /^worker exited with code: (-?\d+)$/.exec(what)?.[1];
    const where = `a thread of executor ${this.#executor}`;
    if (exitCode !== undefined) {
      return new ExecutorCrashedError(`${where} exited with code ${exitCode} while it ran job ${name}`, {
        exitCode: Number(exitCode),
      });
    }
    const how = code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'ran out of memory' : `crashed${what === '' ? '' : ` (${what})`}`;
    return new ExecutorCrashedError(`${where} ${how} while it ran job ${name}`, { exitCode: 1, cause: error });
  }

  /** A thread that ran no job: what it threw belongs to a job before, or to what is loaded into it. */
  #crashedIdle(error: unknown): void {
    const crashed = new ExecutorCrashedError(`an idle thread of executor ${this.#executor} crashed`, { cause: error });
    if (this.#running.size > 0 && this.#pool.threads.length === 0) this.#failAll(crashed);
    else process.emitWarning(crashed);
  }

  /** Threads that end before they are ready leave their jobs to nobody. */
  #failIfNoneLeft(): void {
    if (this.#running.size === 0 || this.#pool.threads.length > 0) return;
    this.#failAll(new ExecutorCrashedError(`the threads of executor ${this.#executor} end before they are ready`));
  }

  #failAll(error: unknown): void {
    const failures = [...this.#running.values()];
    this.#running.clear();
    this.#cancelled.clear();
    for (const fail of failures) fail(error);
  }
}

/** Tells all threads of all executors: which of them runs a job is not known. */
function tellCancelled(keys: Iterable<string>): void {
  for (const key of keys) {
    const channel = new BroadcastChannel(cancelChannel);
    channel.postMessage(key);
    channel.close();
  }
}
