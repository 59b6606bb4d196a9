import * as fc from 'fast-check';
import { inspect } from 'node:util';
import { afterEach, expect, test, vi } from 'vitest';
import { createTask, Event, takeReport } from '../../../src/index.ts';
import {
  asking,
  Askers,
  disturbances,
  expectOutcomes,
  expectWaits,
  type Asker,
  type Asking,
  type Disturbance,
} from '../../support/askers.ts';
import { recordMessages } from '../../support/messages.ts';
import { holds } from '../../support/property-runs.ts';
import { expectNothingLeft, microtasks, rejection } from '../../support/turn.ts';

afterEach(expectNothingLeft);

test('messages of two tasks which wait for an event', async () => {
  const { stop } = recordMessages();
  const ready = new Event({ name: 'ready' });
  const tasks = ['a', 'b'].map((name) => createTask(async () => ready.wait(), { name }));
  ready.set();
  await microtasks(5);
  expect(tasks.every(({ done }) => done)).toBe(true);
  expect(stop()).toEqual([
    'event ready created',
    'task a created',
    'a waits to wait ready',
    'task b created',
    'b waits to wait ready',
    'a waited to wait ready',
    'b waited to wait ready',
    'task a fulfilled',
    'task b fulfilled',
  ]);
});

test('set wakes all who wait, in order of asking', async () => {
  const event = new Event();
  const order: number[] = [];
  const waiting = [1, 2, 3].map(async (number) => {
    await event.wait();
    order.push(number);
  });
  await microtasks(3);
  expect([order, event.isSet]).toEqual([[], false]);
  event.set();
  await Promise.all(waiting);
  expect([order, event.isSet, event.statistics().waiters]).toEqual([[1, 2, 3], true, 0]);
});

test('nobody waits for an event that is set', async () => {
  const event = new Event();
  event.set();
  const { stop } = recordMessages();
  await event.wait();
  expect(stop()).toEqual([]);
});

test('clear makes wait wait again', async () => {
  const event = new Event();
  event.set();
  event.clear();
  expect(event.isSet).toBe(false);
  const waiting = event.wait();
  expect(event.statistics()).toEqual({ kind: 'event', isSet: false, waiters: 1 });
  event.set();
  await waiting;
});

test('those who were woken go on, though the event is cleared at once', async () => {
  const event = new Event();
  const waiting = event.wait();
  event.set();
  event.clear();
  const late = event.wait();
  await waiting;
  expect([event.isSet, event.statistics().waiters]).toEqual([false, 1]);
  event.set();
  event.set();
  await late;
});

test('set and clear may be called any number of times', () => {
  const event = new Event();
  for (let index = 0; index < 3; index++) event.set();
  expect(event.isSet).toBe(true);
  for (let index = 0; index < 3; index++) event.clear();
  expect(event.isSet).toBe(false);
});

test('a waiter that waits again is woken once by each set', async () => {
  const event = new Event();
  let woken = 0;
  const task = createTask(async () => {
    for (;;) {
      await event.wait();
      woken++;
      event.clear();
    }
  });
  for (let index = 1; index <= 3; index++) {
    event.set();
    await microtasks(5);
    expect(woken).toBe(index);
  }
  task.cancel();
  await rejection(task);
});

test('a wait ends by cancellation, signal and timeout, and the others go on waiting', async () => {
  vi.useFakeTimers();
  const event = new Event({ name: 'ready' });
  const task = createTask(async () => event.wait());
  const controller = new AbortController();
  const signalled = rejection(event.wait({ signal: controller.signal }));
  const timed = rejection(event.wait({ timeout: 5 }));
  const last = event.wait();
  task.cancel();
  controller.abort('enough');
  vi.advanceTimersByTime(5);
  expect(event.statistics().waiters).toBe(1);
  event.set();
  await last;
  expect([await rejection(task), await signalled, await timed]).toEqual([
    expect.objectContaining({ code: 'ERR_LOOPSCOPE_CANCELLED' }),
    'enough',
    expect.objectContaining({ message: 'wait event ready: timed out after 5 ms' }),
  ]);
});

test('a cancellation that is due and a signal that is aborted come before an event that is set', async () => {
  const event = new Event();
  event.set();
  const task = createTask(async () => {
    await null;
    await event.wait();
  });
  task.cancel();
  expect([await rejection(event.wait({ signal: AbortSignal.abort('before') })), await rejection(task)]).toEqual([
    'before',
    expect.objectContaining({ code: 'ERR_LOOPSCOPE_CANCELLED' }),
  ]);
});

test('a cancellation that comes after the event has woken the task comes at its next wait', async () => {
  const event = new Event();
  let passed = false;
  const task = createTask(async () => {
    await event.wait();
    passed = true;
    await event.wait();
  });
  event.set();
  task.cancel();
  await rejection(task);
  expect(passed).toBe(true);
});

test('a wait that is cancelled while nobody awaits it is no unhandled rejection', async () => {
  const event = new Event();
  const task = createTask(async () => {
    const wait = event.wait();
    await microtasks(10);
    await wait;
  });
  task.cancel();
  expect(await rejection(task)).toMatchObject({ code: 'ERR_LOOPSCOPE_CANCELLED' });
});

test('an event has no holder, and stands in the report while somebody waits for it', async () => {
  const event = new Event({ name: 'ready' });
  const task = createTask(async () => event.wait(), { name: 'a' });
  const { resources, tasks } = takeReport();
  expect([
    [...event.holders()],
    resources.find(({ id }) => id === event.id)?.statistics,
    tasks.find(({ id }) => id === task.id)?.waits[0]?.kind,
  ]).toEqual([[], { kind: 'event', isSet: false, waiters: 1 }, 'wait']);
  event.set();
  await task;
  expect(takeReport().resources.some(({ id }) => id === event.id)).toBe(false);
});

test('in one line it says whether it is set', async () => {
  const event = new Event({ name: 'ready' });
  const lines = [inspect(event)];
  const waiting = event.wait();
  lines.push(inspect(event));
  event.set();
  await waiting;
  expect([...lines, inspect(event), inspect(new Event())]).toEqual([
    '<Event ready unset>',
    '<Event ready unset, waiters: 1>',
    '<Event ready set>',
    '<Event event unset>',
  ]);
});

test('statistics are frozen, and options are checked', async () => {
  const event = new Event();
  expect(Object.isFrozen(event.statistics())).toBe(true);
  expect(() => new Event('ready' as unknown as object)).toThrow('options must be an object, got "ready"');
  expect(await rejection(event.wait({ timeout: NaN }))).toMatchObject({ code: 'ERR_LOOPSCOPE_ARGUMENT' });
});

type Step = Disturbance | ({ readonly do: 'wait' } & Asking) | { readonly do: 'set' } | { readonly do: 'clear' };

const steps = fc.array<Step>(
  fc.oneof(
    fc.record({ do: fc.constant('wait' as const), ...asking }),
    fc.constantFrom<Step>({ do: 'set' }, { do: 'clear' }),
    ...disturbances,
  ),
  { maxLength: 60 },
);

test('whatever happens in whatever order, an event does what its model does', async () => {
  const property = fc.asyncProperty(steps, async (script) => {
    const event = new Event();
    let isSet = false;
    let line: Asker[] = [];
    const woken: string[] = [];
    const expected: string[] = [];
    const askers = new Askers((asker) => {
      line = line.filter((each) => each !== asker);
    });
    function wake(asker: Asker): void {
      asker.expected = 'woken';
      expected.push(asker.name);
    }
    for (const step of script) {
      if (step.do === 'wait') {
        const name = `asker ${askers.all.length}`;
        const asker = askers.start(async (options) => {
          await event.wait(options);
          woken.push(name);
          return 'woken';
        }, step);
        if (isSet) wake(asker);
        else line.push(asker);
      } else if (step.do === 'set') {
        isSet = true;
        event.set();
        for (const asker of line.splice(0)) wake(asker);
      } else if (step.do === 'clear') {
        isSet = false;
        event.clear();
      } else await askers.disturb(step);
      expect(event.statistics()).toEqual({ kind: 'event', isSet, waiters: line.length });
      expectWaits(askers, 'wait');
    }
    await microtasks(10);
    expect(woken).toEqual(expected);
    await expectOutcomes(askers);
  });
  expect(await holds(property)).toBe(true);
});
