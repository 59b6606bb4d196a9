import { inspect } from 'node:util';
import { afterEach, expect, test, vi } from 'vitest';
import * as fc from 'fast-check';
import { Barrier, BrokenBarrierError, createTask, takeReport, type Task } from '../../../src/index.ts';
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

/** So many tasks that come to the barrier. */
function come(barrier: Barrier, count: number): Task<number>[] {
  return Array.from({ length: count }, (_, index) =>
    createTask(async () => barrier.wait(), { name: `party ${index}` }),
  );
}

const broken = expect.objectContaining({ code: 'ERR_LOOPSCOPE_BROKEN_BARRIER' }) as unknown;

test('messages of two parties which meet', async () => {
  const { stop } = recordMessages();
  const start = new Barrier(2, { name: 'start' });
  const tasks = come(start, 2);
  await microtasks(10);
  expect(tasks.every(({ done }) => done)).toBe(true);
  expect(stop()).toEqual([
    'barrier start created',
    'task party 0 created',
    'party 0 waits to wait start',
    'task party 1 created',
    'party 0 waited to wait start',
    'task party 0 fulfilled',
    'task party 1 fulfilled',
  ]);
});

test('nobody passes before all have come, and then each has a number of its own', async () => {
  const barrier = new Barrier(3);
  const tasks = come(barrier, 2);
  await microtasks(10);
  expect([tasks.map(({ done }) => done), barrier.waiting, barrier.state]).toEqual([[false, false], 2, 'filling']);
  tasks.push(...come(barrier, 1));
  expect(await Promise.all(tasks)).toEqual([0, 1, 2]);
  expect([barrier.waiting, barrier.broken, barrier.state]).toEqual([0, false, 'filling']);
});

test('a barrier of one party holds nobody up', async () => {
  const barrier = new Barrier(1);
  const { stop } = recordMessages();
  expect([await barrier.wait(), await barrier.wait(), barrier.state]).toEqual([0, 0, 'filling']);
  expect(stop()).toEqual([]);
});

test('it serves again and again', async () => {
  const barrier = new Barrier(3);
  const rounds: number[] = [];
  await Promise.all(
    [0, 1, 2].map(async () => {
      for (let round = 0; round < 4; round++) {
        await barrier.wait();
        rounds.push(round);
      }
    }),
  );
  expect(rounds).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]);
});

test('it is draining when the last has come, and filling again when the first goes on: they leave together', async () => {
  const barrier = new Barrier(3);
  const states: string[] = [];
  const tasks = [0, 1, 2].map(async () => {
    await barrier.wait();
    states.push(barrier.state);
  });
  expect(barrier.state).toBe('draining');
  await Promise.all(tasks);
  expect(states).toEqual(['filling', 'filling', 'filling']);
});

test('who comes while others leave is of the next round', async () => {
  const barrier = new Barrier(2);
  const first = come(barrier, 2);
  expect(barrier.state).toBe('draining');
  const next = come(barrier, 1);
  expect([barrier.waiting, next[0]?.waits?.on]).toEqual([0, barrier]);
  await Promise.all(first);
  await microtasks(10);
  expect([barrier.state, barrier.waiting]).toEqual(['filling', 1]);
  next.push(...come(barrier, 1));
  expect(await Promise.all(next)).toEqual([0, 1]);
});

test('more than one round may come at once', async () => {
  const barrier = new Barrier(2);
  const tasks = come(barrier, 6);
  expect((await Promise.all(tasks)).toSorted((a, b) => a - b)).toEqual([0, 0, 0, 1, 1, 1]);
});

/** What a wait is rejected with. */
const endings = {
  cancellation: expect.objectContaining({ code: 'ERR_LOOPSCOPE_CANCELLED' }) as unknown,
  signal: 'enough',
  timeout: expect.objectContaining({ code: 'ERR_LOOPSCOPE_TIMEOUT' }) as unknown,
};

test.each(['cancellation', 'signal', 'timeout'] as const)(
  'a party that leaves by %s has not come; the others wait on, and their numbers have no gap',
  async (how) => {
    vi.useFakeTimers();
    const barrier = new Barrier(3, { name: 'start' });
    const controller = new AbortController();
    const leaving = createTask(async () =>
      barrier.wait(how === 'timeout' ? { timeout: 5 } : { signal: controller.signal }),
    );
    const failed = rejection(leaving);
    const tasks = come(barrier, 1);
    if (how === 'cancellation') leaving.cancel();
    else if (how === 'signal') controller.abort('enough');
    else vi.advanceTimersByTime(5);
    tasks.push(...come(barrier, 1));
    await microtasks(10);
    expect([barrier.waiting, barrier.state, tasks.some(({ done }) => done)]).toEqual([2, 'filling', false]);
    tasks.push(...come(barrier, 1));
    expect(await Promise.all(tasks)).toEqual([0, 1, 2]);
    expect(await failed).toEqual(endings[how]);
  },
);

test('a party that is cancelled when all have come goes on, and is cancelled at its next wait', async () => {
  const barrier = new Barrier(2);
  const [first, second] = come(barrier, 2) as [Task<number>, Task<number>];
  first.cancel();
  expect(await Promise.all([first, second])).toEqual([0, 1]);
  expect(barrier.state).toBe('filling');
});

test('abort turns away who waits and who comes, until reset', async () => {
  const barrier = new Barrier(3, { name: 'start' });
  const tasks = come(barrier, 2);
  barrier.abort();
  expect([barrier.broken, barrier.state, barrier.waiting]).toEqual([true, 'broken', 0]);
  expect(await Promise.all(tasks.map(rejection))).toEqual([
    new BrokenBarrierError('barrier start was aborted'),
    new BrokenBarrierError('barrier start was aborted'),
  ]);
  expect(await rejection(barrier.wait())).toEqual(new BrokenBarrierError('barrier start is broken'));
  barrier.reset();
  expect([barrier.broken, barrier.state]).toEqual([false, 'filling']);
  expect(await Promise.all(come(barrier, 3))).toEqual([0, 1, 2]);
});

test('reset turns away who waits, and takes new parties once they have gone', async () => {
  const barrier = new Barrier(2, { name: 'start' });
  const [turnedAway] = come(barrier, 1) as [Task<number>];
  barrier.reset();
  expect(barrier.state).toBe('resetting');
  const early = come(barrier, 1);
  expect([barrier.waiting, early[0]?.waits?.on]).toEqual([0, barrier]);
  expect(await rejection(turnedAway)).toEqual(new BrokenBarrierError('barrier start was reset'));
  await microtasks(10);
  expect([barrier.state, barrier.waiting]).toEqual(['filling', 1]);
  early.push(...come(barrier, 1));
  expect(await Promise.all(early)).toEqual([0, 1]);
});

test('abort and reset while nobody waits are no more than that', async () => {
  const barrier = new Barrier(2);
  barrier.reset();
  expect(barrier.state).toBe('filling');
  barrier.abort();
  barrier.abort();
  expect(barrier.state).toBe('broken');
  barrier.reset();
  expect(barrier.state).toBe('filling');
  expect(await Promise.all(come(barrier, 2))).toEqual([0, 1]);
});

test('a party that goes on and aborts, as after a failure, breaks it for the next round, not for its own', async () => {
  const barrier = new Barrier(3);
  const results = await Promise.allSettled(
    [0, 1, 2].map(async () => {
      const index = await barrier.wait();
      if (index === 0) barrier.abort();
      await barrier.wait();
    }),
  );
  expect([results.map(({ status }) => status), barrier.state]).toEqual([
    ['rejected', 'rejected', 'rejected'],
    'broken',
  ]);
});

test('a reset while parties go on turns those away who have not gone yet', async () => {
  const barrier = new Barrier(3);
  const tasks = come(barrier, 3);
  barrier.reset();
  expect(barrier.state).toBe('resetting');
  const results = await Promise.allSettled(tasks);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  expect([barrier.state, barrier.broken]).toEqual(['filling', false]);
});

test('an abort while parties go on and others have come early turns all away', async () => {
  const barrier = new Barrier(2);
  const leaving = come(barrier, 2);
  const early = come(barrier, 2);
  barrier.abort();
  const results = await Promise.allSettled([...leaving, ...early]);
  expect(results.map((result) => (result.status === 'rejected' ? result.reason : result.value))).toEqual([
    broken,
    1,
    broken,
    broken,
  ]);
  barrier.reset();
  expect(await Promise.all(come(barrier, 2))).toEqual([0, 1]);
});

test('a reset while those turned away by an abort are still leaving mends it when they have gone', async () => {
  const barrier = new Barrier(2);
  const turnedAway = come(barrier, 1);
  barrier.abort();
  barrier.reset();
  const early = come(barrier, 2);
  expect([barrier.state, barrier.waiting]).toEqual(['resetting', 0]);
  expect(await rejection(turnedAway[0] as Task)).toEqual(broken);
  expect(await Promise.all(early)).toEqual([0, 1]);
});

test('who has come early may leave, too', async () => {
  const barrier = new Barrier(2);
  const leaving = come(barrier, 2);
  const [early] = come(barrier, 1) as [Task<number>];
  early.cancel();
  expect(await rejection(early)).toMatchObject({ code: 'ERR_LOOPSCOPE_CANCELLED' });
  await Promise.all(leaving);
  await microtasks(10);
  expect([barrier.waiting, barrier.state]).toEqual([0, 'filling']);
});

test('a signal that is aborted already and a cancellation that is due come first', async () => {
  const barrier = new Barrier(1);
  const task = createTask(async () => {
    await null;
    return barrier.wait();
  });
  task.cancel();
  expect([await rejection(barrier.wait({ signal: AbortSignal.abort('before') })), await rejection(task)]).toEqual([
    'before',
    expect.objectContaining({ code: 'ERR_LOOPSCOPE_CANCELLED' }),
  ]);
});

test('a wait that is cancelled while nobody awaits it is no unhandled rejection', async () => {
  const barrier = new Barrier(2);
  const task = createTask(async () => {
    const wait = barrier.wait();
    await microtasks(10);
    await wait;
  });
  task.cancel();
  await rejection(task);
  expect(barrier.waiting).toBe(0);
});

test('a barrier has no holder, and stands in the report while somebody waits or it is broken', async () => {
  const barrier = new Barrier(2, { name: 'start' });
  const inReport = (): unknown => takeReport().resources.find(({ id }) => id === barrier.id)?.statistics;
  const reports = [inReport()];
  const [task] = come(barrier, 1) as [Task<number>];
  reports.push(inReport());
  barrier.abort();
  await rejection(task);
  reports.push(inReport());
  expect([reports, [...barrier.holders()]]).toEqual([
    [
      undefined,
      { kind: 'barrier', parties: 2, waiters: 1, state: 'filling' },
      { kind: 'barrier', parties: 2, waiters: 0, state: 'broken' },
    ],
    [],
  ]);
});

test('in one line it says its state, and how many have come', async () => {
  const barrier = new Barrier(2, { name: 'start' });
  const lines = [inspect(barrier)];
  const tasks = come(barrier, 1);
  lines.push(inspect(barrier));
  tasks.push(...come(barrier, 1));
  lines.push(inspect(barrier));
  await Promise.all(tasks);
  barrier.abort();
  lines.push(inspect(barrier));
  expect(lines).toEqual([
    '<Barrier start filling, waiters: 0 of 2>',
    '<Barrier start filling, waiters: 1 of 2>',
    '<Barrier start draining, waiters: 0 of 2>',
    '<Barrier start broken>',
  ]);
});

test.each<[unknown, string]>([
  [0, 'parties must be a number of at least 1, got 0'],
  [-4, 'parties must be a number of at least 1, got -4'],
  [1.5, 'parties must be a whole number or Infinity, got 1.5'],
  ['2', 'parties must be a number of at least 1, got "2"'],
])('new Barrier(%s) throws an ArgumentError', (parties, message) => {
  expect(() => new Barrier(parties as number)).toThrow(expect.objectContaining({ message }));
});

test('statistics are frozen, and options are checked', async () => {
  const barrier = new Barrier(2);
  expect([Object.isFrozen(barrier.statistics()), barrier.name]).toEqual([true, 'barrier']);
  expect(() => new Barrier(2, 'start' as unknown as object)).toThrow('options must be an object, got "start"');
  expect(await rejection(barrier.wait({ timeout: -1 }))).toMatchObject({ code: 'ERR_LOOPSCOPE_ARGUMENT' });
});

type Step =
  | Disturbance
  | ({ readonly do: 'come'; readonly count: number } & Asking)
  | { readonly do: 'abort it' }
  | { readonly do: 'reset it' };

const steps = fc.array<Step>(
  fc.oneof(
    {
      arbitrary: fc.record({ do: fc.constant('come' as const), count: fc.integer({ min: 1, max: 6 }), ...asking }),
      weight: 3,
    },
    fc.constantFrom<Step>({ do: 'abort it' }, { do: 'reset it' }),
    ...disturbances,
  ),
  { maxLength: 40 },
);

test('whatever happens in whatever order, the parties of a round leave together, with all numbers once', async () => {
  const property = fc.asyncProperty(fc.integer({ min: 1, max: 4 }), steps, async (parties, script) => {
    const barrier = new Barrier(parties);
    let isBroken = false;
    let line: Asker[] = [];
    const askers = new Askers((asker) => {
      line = line.filter((each) => each !== asker);
    });
    for (const step of script) {
      if (step.do === 'come') {
        for (let index = 0; index < step.count; index++) {
          const asker = askers.start(async (options) => `number ${await barrier.wait(options)}`, step);
          line.push(asker);
          if (isBroken) asker.expected = 'broken';
          if (isBroken) line = [];
          if (line.length < parties) continue;
          for (const [number, party] of line.entries()) party.expected = `number ${number}`;
          line = [];
        }
      } else if (step.do === 'abort it' || step.do === 'reset it') {
        isBroken = step.do === 'abort it';
        if (isBroken) barrier.abort();
        else barrier.reset();
        for (const party of line.splice(0)) party.expected = 'broken';
      } else await askers.disturb(step);
      await microtasks(60); // until nobody is on the way
      expect(barrier.statistics()).toEqual({
        kind: 'barrier',
        parties,
        waiters: line.length,
        state: isBroken ? 'broken' : 'filling',
      });
      expectWaits(askers, 'wait');
    }
    await expectOutcomes(askers);
  });
  expect(await holds(property)).toBe(true);
});
