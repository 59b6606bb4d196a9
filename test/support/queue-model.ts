// A queue against a model: the simplest thing that could be right, asked after every step.
import * as fc from 'fast-check';
import { expect, vi } from 'vitest';
import { CancelledError, createTask, Queue, QueueShutDownError, TimeoutError, type Task } from '../../src/index.ts';
import { microtasks } from './turn.ts';

type Step =
  | { readonly do: 'put' | 'get' | 'join'; readonly timeout: number | null; readonly signal: boolean }
  | { readonly do: 'putNowait' | 'getNowait' | 'taskDone' }
  | { readonly do: 'shutdown'; readonly immediate: boolean }
  | { readonly do: 'cancel' | 'abort'; readonly which: number }
  | { readonly do: 'advance'; readonly milliseconds: number }
  | { readonly do: 'microtasks'; readonly count: number };

const which = fc.nat({ max: 20 });

/** Random interleavings of everything that can happen to a queue. */
export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 25,
      arbitrary: fc.record({
        do: fc.constantFrom('put' as const, 'put', 'get', 'get', 'join'),
        timeout: fc.option(fc.constantFrom(0, 5, 10), { freq: 2 }),
        signal: fc.boolean(),
      }),
    },
    { weight: 15, arbitrary: fc.record({ do: fc.constantFrom('putNowait' as const, 'getNowait', 'taskDone') }) },
    { weight: 15, arbitrary: fc.record({ do: fc.constantFrom('cancel' as const, 'abort'), which }) },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('advance' as const), milliseconds: fc.constantFrom(1, 5) }) },
    { weight: 10, arbitrary: fc.record({ do: fc.constant('microtasks' as const), count: fc.nat({ max: 4 }) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('shutdown' as const), immediate: fc.boolean() }) },
  ),
  { maxLength: 60 },
);

type Verb = 'put' | 'get' | 'join';

interface Actor {
  readonly verb: Verb;
  readonly item: number;
  readonly task: Task;
  readonly controller: AbortController;
  readonly listens: boolean;
  readonly deadline: number;
  /** What the model says: null while it waits; of a get that succeeded, the item. */
  expected: string | null;
  readonly actual: () => string | null;
}

/** Runs the steps with fake timers on, and compares with the model after each. */
export async function compareWithModel(maxsize: number, script: readonly Step[]): Promise<void> {
  const queue = new Queue<number>({ maxsize });
  const actors: Actor[] = [];
  const items: number[] = [];
  let line: Actor[] = [];
  let [unfinished, put, taken, clock, shutDown, lastItem] = [0, 0, 0, 0, false, 0];

  function act(verb: Verb, { timeout, signal }: { timeout: number | null; signal: boolean }): void {
    const controller = new AbortController();
    const options = { ...(timeout === null ? {} : { timeout }), ...(signal ? { signal: controller.signal } : {}) };
    const item = verb === 'put' ? ++lastItem : 0;
    let actual: string | null = null;
    const task = createTask(async () => {
      try {
        const result = await (verb === 'put' ? queue.put(item, options) : queue[verb](options));
        actual = verb === 'get' ? `got ${String(result)}` : 'done';
      } catch (error) {
        actual = reasonOf(error);
      }
    });
    const deadline = timeout === null ? Infinity : clock + Math.max(1, timeout);
    const actor: Actor = {
      verb,
      item,
      task,
      controller,
      listens: signal,
      deadline,
      expected: null,
      actual: () => actual,
    };
    actors.push(actor);
    if (verb === 'join' ? unfinished === 0 : verb === 'get' ? items.length > 0 : items.length < maxsize && !shutDown) {
      if (verb === 'put') accept(item);
      actor.expected = verb === 'get' ? `got ${take()}` : 'done';
    } else if (shutDown && verb !== 'join') actor.expected = 'shut down';
    else line.push(actor);
  }

  function accept(item: number): void {
    unfinished++;
    put++;
    const getter = line.find(({ verb }) => verb === 'get');
    if (getter === undefined) {
      items.push(item);
      return;
    }
    taken++;
    leave(getter, `got ${item}`);
  }

  function take(): number {
    const item = items.shift() as number;
    taken++;
    const putter = line.find(({ verb }) => verb === 'put');
    if (putter !== undefined) {
      leave(putter, 'done');
      accept(putter.item);
    }
    return item;
  }

  function leave(actor: Actor, outcome: string): void {
    if (!line.includes(actor)) return;
    actor.expected = outcome;
    line = line.filter((other) => other !== actor);
  }

  function leaveAll(verb: Verb, outcome: string): void {
    for (const actor of line) if (actor.verb === verb) leave(actor, outcome);
  }

  function follow(step: Step): void | Promise<void> {
    switch (step.do) {
      case 'put':
      case 'get':
      case 'join':
        return act(step.do, step);
      case 'putNowait': {
        const possible = !shutDown && items.length < maxsize;
        expect(attempt(() => queue.putNowait(++lastItem))).toBe(possible ? 'done' : 'refused');
        return possible ? accept(lastItem) : undefined;
      }
      case 'getNowait':
        return expect(attempt(() => queue.getNowait())).toBe(items.length > 0 ? take() : 'refused');
      case 'taskDone':
        expect(attempt(() => queue.taskDone())).toBe(unfinished > 0 ? 'done' : 'refused');
        if (unfinished > 0 && --unfinished === 0) leaveAll('join', 'done');
        return undefined;
      case 'shutdown':
        queue.shutdown(step.immediate);
        shutDown = true;
        if (step.immediate) {
          unfinished = Math.max(0, unfinished - items.splice(0).length);
          if (unfinished === 0) leaveAll('join', 'done');
        }
        leaveAll('put', 'shut down');
        leaveAll('get', 'shut down'); // somebody waits to get only where there is nothing
        return undefined;
      case 'cancel':
      case 'abort': {
        const actor = actors[step.which % Math.max(1, actors.length)];
        if (actor === undefined) return undefined;
        if (step.do === 'cancel') actor.task.cancel();
        else actor.controller.abort(new Error('aborted'));
        if (step.do === 'cancel' || actor.listens) leave(actor, step.do === 'cancel' ? 'cancelled' : 'aborted');
        return undefined;
      }
      case 'advance':
        clock += step.milliseconds;
        vi.advanceTimersByTime(step.milliseconds);
        for (const actor of line) if (actor.deadline <= clock) leave(actor, 'timed out');
        return undefined;
      case 'microtasks':
        return microtasks(step.count);
      default:
        return step satisfies never;
    }
  }

  function compare(): void {
    const count = (verb: Verb): number => line.filter((actor) => actor.verb === verb).length;
    expect({
      statistics: queue.statistics(),
      waits: actors.map(({ task }) => task.waits?.kind ?? null),
      flags: [queue.depth, queue.empty, queue.full],
    }).toEqual({
      statistics: {
        kind: 'queue',
        depth: items.length,
        capacity: maxsize === Infinity ? null : maxsize,
        putters: count('put'),
        getters: count('get'),
        unfinished,
        put,
        taken,
      },
      waits: actors.map(({ expected, verb }) => (expected === null ? verb : null)),
      flags: [items.length, items.length === 0, items.length >= maxsize],
    });
  }

  for (const step of script) {
    await follow(step);
    compare();
  }
  for (const { task } of line) task.cancel();
  leaveAll('put', 'cancelled');
  leaveAll('get', 'cancelled');
  leaveAll('join', 'cancelled');
  await microtasks(10);
  compare();
  expect(actors.map(({ actual }) => actual())).toEqual(actors.map(({ expected }) => expected));
  expect(vi.getTimerCount()).toBe(0);
}

function attempt(run: () => unknown): unknown {
  try {
    return run() ?? 'done';
  } catch {
    return 'refused';
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof CancelledError) return 'cancelled';
  if (error instanceof TimeoutError) return 'timed out';
  return error instanceof QueueShutDownError ? 'shut down' : 'aborted';
}
