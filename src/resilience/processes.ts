// The processes of a process executor. Ours: no library that is kept well runs functions in child processes, tells them
// of cancellations, and says by which signal one died.
import { fork, type ChildProcess } from 'node:child_process';
import { ArgumentError, ExecutorCrashedError } from '../errors.ts';
import { pathBeside } from '../runtime/load.ts';
import type { JobReply } from './job-message.ts';
import type { ProcessSettings } from './process-executor.ts';
import type { Backend, RemoteMessage, Running } from './remote-jobs.ts';

// Far more than a process needs to send its spans and to end.
const mostToEndMs = 5000;

let lastKey = 0;

/** One process, and the job that it runs. */
interface Worker {
  readonly child: ChildProcess;
  job: { readonly name: string; readonly settle: PromiseWithResolvers<JobReply> } | null;
  exit: { readonly code: number | null; readonly signal: NodeJS.Signals | null } | null;
  error: unknown;
  idleTimer: NodeJS.Timeout | null;
  endTimer: NodeJS.Timeout | null;
}

export class Processes implements Backend {
  readonly #executor: string;
  readonly #settings: ProcessSettings;
  readonly #workers = new Set<Worker>();
  readonly #idle: Worker[] = [];
  #closers: (() => void)[] = [];

  constructor(executor: string, settings: ProcessSettings) {
    this.#executor = executor;
    this.#settings = settings;
  }

  get workers(): number {
    return this.#workers.size;
  }

  start(message: RemoteMessage): Running {
    const worker = this.#takeIdle() ?? this.#start();
    const settle = Promise.withResolvers<JobReply>();
    worker.job = { name: message.name, settle };
    const { child } = worker;
    keepAlive(child, true);
    const key = String(++lastKey);
    try {
      child.send({ ...message, key }, ignore); // how it failed is told by the end of the process
    } catch (error) {
      this.#rest(worker);
      const reason = error instanceof Error ? error.message : String(error);
      settle.reject(new ArgumentError(`what job ${message.name} was given cannot be sent: ${reason}`));
    }
    return {
      reply: settle.promise,
      cancel: () => void (child.connected && child.send({ cancel: key }, ignore)),
      terminate: () => void child.kill('SIGKILL'),
    };
  }

  close(): Promise<void> {
    if (this.#workers.size === 0) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#closers.push(resolve);
    for (const worker of this.#workers) {
      keepAlive(worker.child, true); // until it has ended
      dismiss(worker);
    }
    return promise;
  }

  #start(): Worker {
    const { execArgv, env } = this.#settings;
    const child = fork(pathBeside(import.meta.url, './process-worker'), [process.argv[1] ?? ''], {
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      execArgv: execArgv === undefined ? ownFlags() : [...execArgv],
      ...(env !== undefined && { env: { ...env } }),
    });
    const worker: Worker = { child, job: null, exit: null, error: undefined, idleTimer: null, endTimer: null };
    this.#workers.add(worker);
    child.on('message', (reply) => this.#answer(worker, reply as JobReply));
    child.on('exit', (code, signal) => {
      worker.exit = { code, signal };
      if (!child.connected) this.#end(worker);
    });
    child.on('disconnect', () => {
      if (worker.exit !== null) this.#end(worker); // only now has all been read that it sent
    });
    child.on('error', (error) => {
      worker.error ??= error;
      if (child.pid === undefined) this.#end(worker); // it could not even be started
    });
    return worker;
  }

  #takeIdle(): Worker | null {
    for (let worker = this.#idle.pop(); worker !== undefined; worker = this.#idle.pop()) {
      if (worker.idleTimer !== null) clearTimeout(worker.idleTimer);
      if (worker.exit === null && worker.child.connected) return worker;
    }
    return null;
  }

  #answer(worker: Worker, reply: JobReply): void {
    const { job } = worker;
    if (job === null) return;
    this.#rest(worker);
    job.settle.resolve(reply);
  }

  /** Nothing to do: it keeps nobody alive, and ends after a while. */
  #rest(worker: Worker): void {
    worker.job = null;
    keepAlive(worker.child, false);
    this.#idle.push(worker);
    const { idleTimeout } = this.#settings;
    if (idleTimeout === Infinity) return;
    worker.idleTimer = setTimeout(() => {
      this.#idle.splice(this.#idle.indexOf(worker), 1);
      dismiss(worker);
    }, idleTimeout).unref();
  }

  #end(worker: Worker): void {
    if (!this.#workers.delete(worker)) return;
    if (worker.idleTimer !== null) clearTimeout(worker.idleTimer);
    if (worker.endTimer !== null) clearTimeout(worker.endTimer);
    const { job, exit, error } = worker;
    worker.job = null;
    if (job !== null) job.settle.reject(this.#crash(job.name, exit, error));
    if (this.#workers.size > 0) return;
    const closers = this.#closers;
    this.#closers = [];
    for (const closer of closers) closer();
  }

  #crash(name: string, exit: Worker['exit'], cause: unknown): ExecutorCrashedError {
    const { code = null, signal = null } = exit ?? {};
    const how =
      signal === null
        ? code === null
          ? 'could not be started'
          : `exited with code ${code}`
        : `was ended by ${signal}`;
    return new ExecutorCrashedError(`a process of executor ${this.#executor} ${how} while it ran job ${name}`, {
      exitCode: code,
      signal,
      ...(cause !== undefined && { cause }),
    });
  }
}

/** Lets a process end that has no job, and ends it if it does not: what a job left behind in it may block its loop. */
function dismiss(worker: Worker): void {
  const { child } = worker;
  if (child.connected) child.disconnect();
  worker.endTimer ??= setTimeout(() => child.kill('SIGKILL'), mostToEndMs).unref();
}

/** The flags of this process that are for a file as well: not those for a program that was given as text. */
function ownFlags(): string[] {
  const flags: string[] = [];
  for (let index = 0; index < process.execArgv.length; index++) {
    const flag = process.execArgv[index] ?? '';
    if (/^(-e|-p|-pe|--eval|--print|--input-type)$/.test(flag)) index++;
    else if (!/^(--eval|--print|--input-type)=/.test(flag)) flags.push(flag);
  }
  return flags;
}

function keepAlive(child: ChildProcess, isWorking: boolean): void {
  if (isWorking) {
    child.ref();
    child.channel?.ref();
  } else {
    child.unref();
    child.channel?.unref();
  }
}

function ignore(): void {
  // a channel that is closed: the end of the process says so
}
