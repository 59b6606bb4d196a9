// Runs a program for `doctor`: waits until it listens, puts load on it, stops both, and gathers what was recorded.
import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { loadEnvironment, runEnvironment } from '../config.ts';
import { measureAwaits } from '../recorder/await-cost.ts';
import { memberKey, type Member, type RunDirectory } from '../process/run-directory.ts';
import {
  recordingFormat,
  recordingVersion,
  type LoadEntry,
  type Recording,
  type RecordingEnd,
} from '../report/recording.ts';
import { duration } from '../report/phrases.ts';
import { complain } from '../runtime/complain.ts';
import { createRunDirectory, endAllBelow, endOf, pollMs, send } from './child.ts';
import { processesBelow } from './processes.ts';
import type { Program } from './program.ts';

export interface RecordOptions {
  /** A command for the shell that makes load; null for none. */
  readonly onPort: string | null;
  /** Puts the load on this port; null for the first at which it listens. */
  readonly port: number | null;
  /** How long the program runs at most, or from when it listens; null for until it ends. */
  readonly durationMs: number | null;
  readonly isDeep: boolean;
  readonly disable: string | null;
  /** The program as it was given. */
  readonly command: string;
  readonly preload: string;
}

/** How long a program may take until it listens. */
const listenMs = 60_000;
/** After that it is said that it is waited for; a multiple of the time between two looks. */
const impatientMs = 5000;
/** For what is under way when the load ends. */
const settleMs = 200;
/** How long a thread may take to leave its recording: after Ctrl-C somebody waits. */
const answerMs = 10_000;
const hurriedMs = 2000;
const endMs = 400;
const mostThreads = 64;
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs the program. Whatever ends this, nothing of it is left running. */
export async function recordRun(program: Program, options: RecordOptions): Promise<Recording> {
  const directory = createRunDirectory('doctor needs a folder for recordings');
  try {
    return await new RecordedRun(program, options, directory).run();
  } finally {
    directory.remove();
  }
}

class RecordedRun {
  readonly #program: Program;
  readonly #options: RecordOptions;
  readonly #directory: RunDirectory;
  readonly #notes: string[] = [];
  readonly #silent: Member[] = [];
  readonly #lost: Member[] = [];
  /** What is to be ended at last. */
  readonly #children: ChildProcess[] = [];
  readonly #stop = new AbortController();
  #exit: Recording['exit'] = null;
  #isEnding = false;
  #load: LoadEntry | null = null;

  constructor(program: Program, options: RecordOptions, directory: RunDirectory) {
    this.#program = program;
    this.#options = options;
    this.#directory = directory;
  }

  async run(): Promise<Recording> {
    const awaitNs = this.#options.isDeep ? await measureAwaits() : null;
    if (awaitNs !== null) {
      complain(`--deep: an await costs ${awaitNs.with} ns with it, and ${awaitNs.without} ns without`);
    }
    const startedAt = new Date();
    const onSignal = (): void => {
      if (this.#stop.signal.aborted) this.#kill(); // a second Ctrl-C: at once
      else this.#stop.abort();
    };
    for (const signal of stopSignals) process.on(signal, onSignal);
    try {
      const ended = await this.#untilEnd();
      await this.#gather();
      const { command } = this.#options;
      this.#noteOtherPorts();
      return {
        format: recordingFormat,
        version: recordingVersion,
        startedAt: startedAt.toISOString(),
        command,
        durationMs: Date.now() - startedAt.getTime(),
        ended,
        exit: ended === 'program' ? this.#exit : null,
        load: this.#load,
        awaitNs,
        threads: this.#directory.recordings(mostThreads),
        silent: this.#silent,
        lost: this.#lost,
        notes: this.#notes,
      };
    } finally {
      await this.#end();
      for (const signal of stopSignals) process.off(signal, onSignal);
    }
  }

  /** Starts the program and the load. Resolves when there is nothing more to see. */
  async #untilEnd(): Promise<RecordingEnd> {
    const { onPort, durationMs } = this.#options;
    const exited = this.#startProgram();
    const { signal } = this.#stop;
    const program = exited.then((): RecordingEnd => 'program');
    const interrupt = new Promise<RecordingEnd>((resolve) => {
      signal.addEventListener('abort', () => resolve('interrupt'), { once: true });
    });
    const time = (milliseconds: number): Promise<RecordingEnd> =>
      pause(milliseconds, 'duration' as const, { signal, ref: false }).catch(() => 'interrupt' as const);
    if (onPort === null) {
      const ends = [program, interrupt, ...(durationMs === null ? [] : [time(durationMs)])];
      return Promise.race(ends);
    }
    const port = await Promise.race([this.#untilListening(), program, interrupt]);
    if (typeof port === 'string') {
      this.#load = { command: onPort, port: null, exitCode: null };
      if (port === 'program') this.#notes.push(`it never listened at a port: ${onPort} was not run`);
      return port;
    }
    const load = this.#startLoad(onPort, port);
    const ends = [program, interrupt, load, ...(durationMs === null ? [] : [time(durationMs)])];
    return Promise.race(ends);
  }

  async #startProgram(): Promise<void> {
    const { file, args } = this.#program;
    const { preload, isDeep, disable } = this.#options;
    const environment = runEnvironment({
      runDirectory: this.#directory.path,
      preload,
      record: isDeep ? 'deep' : 'plain',
      disable,
      prometheus: false,
      debug: false,
      otlp: null,
      traceFile: null,
      loop: true,
      watchdog: true,
      profile: null,
      blockThresholdMs: null,
      stuckAfterMs: null,
      stuckExit: false,
      timeoutMs: null,
    });
    // stdout is for the diagnosis
    const child = spawn(file, args, { stdio: ['inherit', process.stderr, process.stderr], env: environment });
    this.#children.push(child);
    this.#exit = await endOf(child, file);
  }

  /** The port, or the end of patience: its time counts as over. */
  async #untilListening(): Promise<number | RecordingEnd> {
    const { durationMs, port: wanted } = this.#options;
    const directory = this.#directory;
    const what = wanted === null ? 'a port' : `port ${wanted}`;
    const elsewhere = (): string => {
      const others = [...directory.listeningPorts().map((port) => `port ${port}`), ...directory.listeningPaths()];
      return others.length === 0 ? '' : `, only at ${others.slice(0, 3).join(', ')}`;
    };
    const mostMs = durationMs ?? listenMs;
    let waited = 0;
    for (; waited < mostMs; waited += pollMs) {
      const port = directory.listeningPorts().find((each) => wanted === null || each === wanted);
      if (port !== undefined) return port;
      if (waited === impatientMs) complain(`it does not listen at ${what} yet${elsewhere()}; Ctrl-C ends it`);
      if (this.#stop.signal.aborted || this.#exit !== null) break;
      await pause(pollMs);
    }
    this.#notes.push(
      `it did not listen at ${what} within ${duration(waited)}${elsewhere()}: ${this.#options.onPort} was not run`,
    );
    return 'duration';
  }

  /** Resolves when the load has ended, and what is under way has had its time. */
  #startLoad(command: string, port: number): Promise<RecordingEnd> {
    this.#load = { command, port, exitCode: null };
    const child = spawn(command, {
      shell: true,
      stdio: ['ignore', process.stderr, process.stderr],
      env: loadEnvironment(port, process.cwd()),
    });
    this.#children.push(child);
    return new Promise((resolve) => {
      child.once('error', (error) => {
        this.#notes.push(`the load could not be started: ${error.message}`);
        resolve('load');
      });
      child.once('exit', (code, signal) => {
        if (this.#isEnding) return;
        this.#load = { command, port, exitCode: code, hasEnded: true };
        if (code !== 0 && !this.#stop.signal.aborted) {
          this.#notes.push(`the load ended with ${signal ?? `exit code ${code}`}: ${command}`);
        }
        void pause(settleMs).then(() => resolve('load'));
      });
    });
  }

  #noteOtherPorts(): void {
    const port = this.#load?.port ?? null;
    const others = this.#directory.listeningPorts().filter((each) => each !== port);
    if (port === null || others.length === 0 || this.#options.port !== null) return;
    const list = others.slice(0, 3).join(', ');
    this.#notes.push(
      `it listened at port ${list}, too: the load was put on ${port}, the first; --port chooses another`,
    );
  }

  /** Has every thread leave its recording, and says which did not. */
  async #gather(): Promise<void> {
    const directory = this.#directory;
    const asked = directory.members();
    directory.markTimeout();
    for (const { pid, threadId } of asked) {
      if (threadId !== 0) continue;
      directory.ask(pid, 'timeout'); // for a loop that is blocked
      send(pid, 'SIGUSR2');
    }
    const missing = (): Member[] => {
      const there = new Set(directory.recorded().map(memberKey));
      const joined = new Set(directory.members().map(memberKey)); // who was killed has not left, either
      const isMissing = (member: Member): boolean => joined.has(memberKey(member)) && !there.has(memberKey(member));
      return asked.filter(isMissing);
    };
    const since = Date.now();
    const mayWait = (): boolean => Date.now() - since < (this.#stop.signal.aborted ? hurriedMs : answerMs);
    while (missing().some(({ pid }) => send(pid, 0)) && mayWait()) await pause(pollMs);
    for (const { pid, threadId } of missing()) {
      if (send(pid, 0)) this.#silent.push({ pid, threadId });
      else this.#lost.push({ pid, threadId });
    }
  }

  /** Ends everything that was started, kindly at first. */
  async #end(): Promise<void> {
    this.#isEnding = true;
    const roots = this.#children.flatMap(({ pid }) => pid ?? []);
    await endAllBelow([...roots, ...this.#directory.members().map(({ pid }) => pid)], endMs);
  }

  #kill(): void {
    const roots = this.#children.flatMap((child) => child.pid ?? []);
    for (const pid of processesBelow(roots)) send(pid, 'SIGKILL');
  }
}
