// What a task costs with the registry, against a call of the bare async function: time, memory, and the reports of many.
import { Effect, Fiber } from 'effect';
import { processorTime } from './processor-time.ts';
import { assertDone, format, median, type Result } from './result.ts';

const opsPerRun = 1000;
const rounds = 7;
const pending = 100_000;

type Loopscope = typeof import('../../src/index.ts');

export async function benchTasks(): Promise<Result[]> {
  // Before the registry runs: importing the index starts it.
  const { createTask } = (await import(
    new URL('../../dist/src/primitives/tasks/task.js', import.meta.url).href
  )) as Loopscope;
  const against = [await benchForks(createTask, 'without registry', 1)];
  const loopscope = (await import(new URL('../../dist/src/index.js', import.meta.url).href)) as Loopscope;
  against.push(await benchForks(loopscope.createTask, 'with registry', 1));
  const results = [
    ...against,
    await benchTime(loopscope, 'created', 1000),
    await benchTime(loopscope, 'created and awaited', null),
  ];
  return [...results, ...(await benchMany(loopscope))];
}

/**
 * A thousand tasks and the wait for each, against as many fibers that are forked by one. Two thirds of a task is Node's
 * AsyncLocalStorage, which fibers have none of: a copy of its frame, and the run in it.
 */
async function benchForks(createTask: Loopscope['createTask'], how: string, budget: number): Promise<Result> {
  let done = 0;
  const one = async (): Promise<void> => {
    await Promise.resolve();
    done++;
  };
  const effect = Effect.promise(one);
  const works = {
    bare: () =>
      Effect.runPromise(
        Effect.gen(function* () {
          const fibers: Fiber.Fiber<void>[] = [];
          for (let index = 0; index < opsPerRun; index++) fibers.push(yield* Effect.forkChild(effect));
          for (const fiber of fibers) yield* Fiber.join(fiber);
        }),
      ),
    wrapped: async () => {
      const tasks: PromiseLike<void>[] = [];
      for (let index = 0; index < opsPerRun; index++) tasks.push(createTask(one));
      for (const task of tasks) await task;
    },
  };
  const fastest = { bare: Infinity, wrapped: Infinity };
  for (let round = 0; round < rounds * 5; round++) {
    for (const name of ['bare', 'wrapped'] as const) {
      done = 0;
      fastest[name] = Math.min(fastest[name], await time(works[name]));
      assertDone('functions run beyond whole rounds', 0, done % opsPerRun);
    }
  }
  return {
    name: `createTask, awaited, against Effect.forkChild and join, ${how}`,
    bare: format(fastest.bare, 'ns'),
    wrapped: format(fastest.wrapped, 'ns'),
    value: fastest.wrapped / fastest.bare,
    unit: '×',
    budget,
    limit: 2,
  };
}

async function benchTime(
  { allTasks, createTask }: Loopscope,
  what: 'created' | 'created and awaited',
  budget: number | null,
): Promise<Result> {
  let done = 0;
  const one = async (): Promise<void> => {
    await Promise.resolve();
    done++;
  };
  const run = (call: () => PromiseLike<void>): (() => Promise<void>) =>
    what === 'created'
      ? async () => {
          for (let index = 0; index < opsPerRun; index++) void call();
          await turn();
        }
      : async () => {
          for (let index = 0; index < opsPerRun; index++) await call();
        };
  const bare = run(one);
  const wrapped = run(() => createTask(one));
  for (const work of [bare, wrapped]) {
    done = 0;
    await work();
    assertDone('functions run', opsPerRun, done);
  }
  // The fastest round of each: absolute times are those of compiled code on a quiet machine.
  const fastest = { bare: Infinity, wrapped: Infinity };
  for (let round = 0; round < rounds; round++) {
    fastest.bare = Math.min(fastest.bare, await time(bare));
    fastest.wrapped = Math.min(fastest.wrapped, await time(wrapped));
  }
  assertDone('tasks pending at the end', 0, allTasks().length);
  return {
    name: `a task, ${what}`,
    bare: format(fastest.bare, 'ns'),
    wrapped: format(fastest.wrapped, 'ns'),
    value: fastest.wrapped - fastest.bare,
    unit: 'ns',
    budget,
    limit: 5000,
  };
}

async function time(work: () => Promise<void>): Promise<number> {
  return (await processorTime(work)) / opsPerRun;
}

async function benchMany({ allTasks, createTask, takeReport }: Loopscope): Promise<Result[]> {
  const bytes: { bare: number; wrapped: number }[] = [];
  const listing: number[] = [];
  const reporting: number[] = [];
  for (let round = 0; round < 3; round++) {
    bytes.push({
      bare: await bytesEach(
        (call) => call(),
        () => {},
      ),
      wrapped: await bytesEach(
        (call) => createTask(call, { name: 'pending' }),
        () => {
          const started = performance.now();
          assertDone('tasks listed', pending, allTasks().length);
          listing.push(performance.now() - started);
          const reportStarted = performance.now();
          assertDone('tasks in the report', pending, takeReport().tasks.length);
          reporting.push(performance.now() - reportStarted);
        },
      ),
    });
    assertDone('tasks left', 0, allTasks().length);
  }
  return [
    {
      name: 'memory of a pending task',
      bare: format(median(bytes.map((pair) => pair.bare)), 'B'),
      wrapped: format(median(bytes.map((pair) => pair.wrapped)), 'B'),
      value: median(bytes.map((pair) => pair.wrapped - pair.bare)),
      unit: 'B',
      budget: 410,
      limit: 1000,
    },
    { ...shown(`allTasks() of 100,000`, listing), budget: 100, limit: 500 },
    { ...shown(`takeReport() of 100,000`, reporting), budget: 1000, limit: 5000 },
  ];
}

function shown(name: string, times: readonly number[]): Omit<Result, 'budget'> {
  return { name, bare: '', wrapped: '', value: median(times), unit: 'ms' };
}

/** Heap bytes of one pending call. `look` is called while all are pending. */
async function bytesEach(start: (call: () => Promise<void>) => PromiseLike<void>, look: () => void): Promise<number> {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  let ended = 0;
  const call = async (): Promise<void> => {
    await gate;
    ended++;
  };
  const calls = new Array<PromiseLike<void> | null>(pending).fill(null);
  const before = heapUsed();
  for (let index = 0; index < pending; index++) calls[index] = start(call);
  const after = heapUsed();
  look();
  open();
  await turn();
  assertDone('calls ended', pending, ended);
  return (after - before) / pending;
}

function heapUsed(): number {
  for (let index = 0; index < 3; index++) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

/** Until all microtasks have run. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
