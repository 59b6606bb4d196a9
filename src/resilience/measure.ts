// How long a function takes, and where its time goes. What is measured is said exactly: Node cannot tell whose turn of the
// loop a microtask is without hooks that would change the result.
import { ArgumentError } from '../errors.ts';
import { checkCount, checkFunction, checkName, checkOptions, nameOf } from '../primitives/arguments.ts';
import { startTask } from '../primitives/tasks/task.ts';
import { now } from '../runtime/clock.ts';
import { parentForNew } from '../runtime/context.ts';

// Taken at import: fake timers are the program's.
const { performance } = globalThis;

/** Where the time of one call went. Milliseconds. */
export interface Measurement<Value> {
  readonly name: string;
  /** From the call until it settled. */
  readonly wallMs: number;
  /**
   * How much of that the loop of this thread was not idle: this function, whatever else ran beside it, and garbage
   * collections. Of a function that runs alone it is its own.
   */
  readonly onLoopMs: number;
  /** The rest: nothing could run, everything waited for timers, sockets or other threads. */
  readonly waitingMs: number;
  /** From the call until it first returned: its own for certain. The loop was blocked for so long. */
  readonly syncMs: number;
  /** Processor time of the process, all its threads. */
  readonly cpuMs: number;
  readonly value: Value;
}

export interface MeasureOptions {
  /** What reports and spans call the task. Default: the name of the function, or `measure`. */
  readonly name?: string;
}

/**
 * Calls a function as a task, and measures it. Rejects with what the function fails with.
 * @example const { wallMs, onLoopMs, waitingMs } = await measure(loadPage);
 */
export async function measure<Value>(
  run: () => Value | PromiseLike<Value>,
  options: MeasureOptions = {},
): Promise<Measurement<Value>> {
  checkFunction(run, 'the function to measure');
  checkOptions(options);
  const name = checkName(options.name, nameOf(run, 'measure'));
  const cpu = process.cpuUsage();
  const idle = performance.eventLoopUtilization();
  const start = now();
  let syncMs = 0;
  const task = startTask<Value>(
    'task',
    () => {
      const from = now();
      try {
        return run();
      } finally {
        syncMs = now() - from;
      }
    },
    { name },
    parentForNew(),
  );
  const value = await task;
  const wallMs = now() - start;
  const waitingMs = Math.min(wallMs, Math.max(0, performance.eventLoopUtilization().idle - idle.idle));
  const { user, system } = process.cpuUsage(cpu);
  return Object.freeze({
    name,
    wallMs,
    onLoopMs: wallMs - waitingMs,
    waitingMs,
    syncMs,
    cpuMs: (user + system) / 1000,
    value,
  });
}

export interface CompareOptions {
  /** How often each is called. Default 5. */
  readonly runs?: number;
  /** How often each is called before, without being measured. Default 1. */
  readonly warmUp?: number;
}

/** One row of a comparison: the median of the runs. Milliseconds. */
export interface ComparisonRow {
  readonly name: string;
  readonly wallMs: number;
  readonly onLoopMs: number;
  readonly waitingMs: number;
  readonly cpuMs: number;
  /** How many times as long as the quickest of them it took. */
  readonly ratio: number;
}

/**
 * Measures functions side by side: one run of each, again and again, each going first as often as the others. The
 * quickest comes first.
 * @example console.table(await compare({ gather: () => gather(...all()), asCompleted: () => each(all()) }));
 */
export async function compare(
  candidates: Readonly<Record<string, () => unknown>>,
  options: CompareOptions = {},
): Promise<ComparisonRow[]> {
  checkOptions(candidates);
  checkOptions(options);
  const { runs = 5, warmUp = 1 } = options;
  checkCount(runs, 'runs', 1);
  checkCount(warmUp, 'warmUp', 0);
  if (runs === Infinity || warmUp === Infinity) throw new ArgumentError('runs and warmUp must be finite');
  const entries = Object.entries(candidates);
  if (entries.length === 0) throw new ArgumentError('compare needs at least one function');
  for (const [name, run] of entries) checkFunction(run, name);
  const measured = new Map(entries.map(([name]): [string, Measurement<unknown>[]] => [name, []]));
  for (let round = -warmUp; round < runs; round++) {
    const first = Math.abs(round) % entries.length;
    for (const [name, run] of [...entries.slice(first), ...entries.slice(0, first)]) {
      const measurement = await measure(run, { name });
      if (round >= 0) measured.get(name)?.push(measurement);
    }
  }
  const medians = Array.from(measured, ([name, all]) => ({
    name,
    wallMs: median(all.map(({ wallMs }) => wallMs)),
    onLoopMs: median(all.map(({ onLoopMs }) => onLoopMs)),
    waitingMs: median(all.map(({ waitingMs }) => waitingMs)),
    cpuMs: median(all.map(({ cpuMs }) => cpuMs)),
  })).toSorted((a, b) => a.wallMs - b.wallMs);
  const quickest = medians[0]?.wallMs ?? 0;
  return medians.map((row) => Object.freeze({ ...row, ratio: quickest === 0 ? 1 : row.wallMs / quickest }));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}
