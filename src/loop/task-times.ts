// Which tasks use the processor, by samples: a thread of its own asks the main thread again and again in the middle of what
// it runs, and what the thread used of the processor since it was asked last is taken for that of the task which runs then.
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { TaskTime } from '../channels/loop.ts';
import { complain } from '../runtime/complain.ts';
import { currentTask } from '../runtime/context.ts';
import { startOwnThread } from '../runtime/own-thread.ts';
import { ownProcessorMs } from './scheduling.ts';

/** What runs while tasks are sampled. */
export interface TaskTimes {
  /** Those with the most time first; null is what ran outside of tasks. */
  times(): TaskTime[];
  /** Ends it and waits until nobody asks any more. May be called twice. */
  stop(): void;
}

/** What the thread is told. */
export interface TaskTimesData {
  /** One number: one of `state`. */
  readonly state: Int32Array<SharedArrayBuffer>;
  /** What it is to evaluate in the main thread. */
  readonly expression: string;
}

/** Where the sampling is, in memory that both threads share. */
export const sampling = { on: 0, ending: 1, ended: 2 } as const;

interface Tally {
  ms: number;
  squares: number;
  samples: number;
}

const namesKept = 1000;
const endMs = 500;
// Two standard errors: of 20 such ranges 19 hold the truth.
const certainty = 2;
const key = 'loopscope.sample-task';

/** Starts to sample the main thread. Throws where no thread can be started. */
export function startTaskTimes(): TaskTimes {
  const tallies = new Map<string | null, Tally>();
  const state = new Int32Array(new SharedArrayBuffer(4));
  let usedMs = ownProcessorMs();
  const sample = (): void => {
    const before = usedMs;
    usedMs = ownProcessorMs();
    const name = currentTask()?.origin.name ?? null;
    let tally = tallies.get(name);
    if (tally === undefined) {
      if (tallies.size >= namesKept) return;
      tallies.set(name, (tally = { ms: 0, squares: 0, samples: 0 }));
    }
    tally.ms += usedMs - before;
    tally.squares += (usedMs - before) ** 2;
    tally.samples++;
  };
  const symbol = Symbol.for(key);
  Object.defineProperty(globalThis, symbol, { value: sample, configurable: true });
  const data: TaskTimesData = { state, expression: `globalThis[Symbol.for(${JSON.stringify(key)})]?.()` };
  startOwnThread(() => startThread(data));
  return {
    times() {
      const totalMs = [...tallies.values()].reduce((sum, { ms }) => sum + ms, 0);
      return Array.from(tallies, ([name, { ms, squares, samples }]) => ({
        name,
        cpuMs: ms,
        errorMs: certainty * Math.sqrt(squares * (1 - ms / totalMs || 0)),
        samples,
      })).toSorted((a, b) => b.cpuMs - a.cpuMs);
    },
    stop() {
      if (Atomics.compareExchange(state, 0, sampling.on, sampling.ending) !== sampling.on) return;
      Atomics.wait(state, 0, sampling.ending, endMs); // a process that ends waits for sessions that are open
      Reflect.deleteProperty(globalThis, symbol);
    },
  };
}

function startThread(workerData: TaskTimesData): void {
  const worker = new Worker(new URL(`./task-times-thread${extname(import.meta.url)}`, import.meta.url), {
    name: 'loopscope',
    workerData,
    execArgv: [], // preloads on the command line are the program's,
    env: {}, // and so are those in NODE_OPTIONS
    stdin: false,
    trackUnmanagedFds: false,
  });
  worker.unref();
  worker.on('error', (error) => complain('the processor time of tasks is not known', error));
}
