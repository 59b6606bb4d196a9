// A queue against a model: the simplest thing that could be right, asked after every step.
import * as fc from 'fast-check';
import { expect, vi } from 'vitest';
import { queuePut, queueTaken, type QueueOperation } from '../../src/channels/resource.ts';
import { CancelledError, createTask, QueueShutDownError, TimeoutError, type Task } from '../../src/index.ts';
import type { QueueKind } from './queue-kinds.ts';
import { microtasks } from './turn.ts';

type Step =
  | { readonly do: 'next' }
  | { readonly do: 'put' | 'get' | 'join'; readonly timeout: number | null; readonly signal: boolean }
  | { readonly do: 'putNowait' | 'getNowait' | 'taskDone' }
  | { readonly do: 'shutdown'; readonly immediate: boolean }
  | { readonly do: 'cancel' | 'abort' | 'return'; readonly which: number }
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
    { weight: 5, arbitrary: fc.record({ do: fc.constant('next' as const) }) },
    { weight: 15, arbitrary: fc.record({ do: fc.constantFrom('cancel' as const, 'abort', 'return'), which }) },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('advance' as const), milliseconds: fc.constantFrom(1, 5) }) },
    { weight: 10, arbitrary: fc.record({ do: fc.constant('microtasks' as const), count: fc.nat({ max: 4 }) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('shutdown' as const), immediate: fc.boolean() }) },
  ),
  { maxLength: 60 },
);

type Verb = 'put' | 'get' | 'next' | 'join';

interface Actor {
  readonly verb: Verb;
  readonly item: number;
  readonly task: Task;
  readonly controller: AbortController;
  readonly iterator: AsyncIterator<number, undefined>;
  readonly listens: boolean;
  readonly deadline: number;
  /** What the model says: null while it waits; of a get or next that succeeded, the item. */
  expected: string | null;
  readonly actual: () => string | null;
}

/** Runs the steps with fake timers on, and compares with the model after each. */
export async function compareWithModel(kind: QueueKind, maxsize: number, script: readonly Step[]): Promise<void> {
  const queue = kind.make({ maxsize });
  const messages: string[] = [];
  const note = (word: string, operation: QueueOperation): void => {
    if (operation.queue === queue) messages.push(`${word} ${operation.item}`);
  };
  const notePut = (operation: QueueOperation): void => note('put', operation);
  const noteTaken = (operation: QueueOperation): void => note('taken', operation);
  queuePut.subscribe(notePut);
  queueTaken.subscribe(noteTaken);
  const expectedMessages: string[] = [];
  const numbers = new Map<number, number>();
  const actors: Actor[] = [];
  const items: number[] = [];
  let line: Actor[] = [];
  let [unfinished, put, taken, clock, shutDown, lastItem] = [0, 0, 0, 0, false, 0];

  function act(verb: Verb, timeout: number | null, signal: boolean): void {
    const controller = new AbortController();
    const iterator = queue[Symbol.asyncIterator]();
    const options = { ...(timeout === null ? {} : { timeout }), ...(signal ? { signal: controller.signal } : {}) };
    const item = verb === 'put' ? ++lastItem : 0;
    let actual: string | null = null;
    const task = createTask(async () => {
      try {
        if (verb === 'put') await queue.put(item, options);
        if (verb === 'join') await queue.join(options);
        if (verb === 'put' || verb === 'join') actual = 'done';
        else {
          const value = verb === 'get' ? await queue.get(options) : (await iterator.next()).value;
          actual = value === undefined ? 'ended' : `got ${value}`;
        }
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
      iterator,
      listens: signal,
      deadline,
      expected: null,
      actual: () => actual,
    };
    actors.push(actor);
    if (verb === 'join' && unfinished === 0) actor.expected = 'done';
    else if (verb === 'put' && items.length < maxsize && !shutDown) {
      accept(item);
      actor.expected = 'done';
    } else if ((verb === 'get' || verb === 'next') && items.length > 0) actor.expected = `got ${take()}`;
    else if (shutDown && verb !== 'join') actor.expected = verb === 'next' ? 'ended' : 'shut down';
    else line.push(actor);
  }

  function accept(item: number): void {
    unfinished++;
    put++;
    numbers.set(item, put);
    expectedMessages.push(`put ${put}`);
    const getter = line.find(({ verb }) => verb === 'get' || verb === 'next');
    items.push(item);
    if (getter !== undefined) leave(getter, `got ${remove()}`);
  }

  function remove(): number {
    const [item] = items.splice(kind.next(items), 1) as [number];
    taken++;
    expectedMessages.push(`taken ${numbers.get(item)}`);
    return item;
  }

  function take(): number {
    const item = remove();
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
        return act(step.do, step.timeout, step.signal);
      case 'next':
        return act('next', null, false);
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
        leaveAll('next', 'ended');
        return undefined;
      case 'cancel':
      case 'return':
      case 'abort': {
        const actor = actors[step.which % Math.max(1, actors.length)];
        if (actor === undefined) return undefined;
        if (step.do === 'return') {
          void actor.iterator.return?.();
          if (actor.verb === 'next') leave(actor, 'ended');
          return undefined;
        }
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
      messages: messages.splice(0),
    }).toEqual({
      statistics: {
        kind: 'queue',
        depth: items.length,
        capacity: maxsize === Infinity ? null : maxsize,
        putters: count('put'),
        getters: count('get') + count('next'),
        unfinished,
        put,
        taken,
      },
      waits: actors.map(({ expected, verb }) => (expected === null ? (verb === 'next' ? 'get' : verb) : null)),
      flags: [items.length, items.length === 0, items.length >= maxsize],
      messages: expectedMessages.splice(0),
    });
  }

  try {
    for (const step of script) {
      await follow(step);
      compare();
    }
    for (const { task } of line) task.cancel();
    for (const actor of line) leave(actor, 'cancelled');
    await microtasks(10);
    compare();
  } finally {
    queuePut.unsubscribe(notePut);
    queueTaken.unsubscribe(noteTaken);
  }
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
