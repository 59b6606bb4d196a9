// The rules on what waits too long, or for ever: stuck-task, stuck-wait, task-done-missing.
import { describe, expect, test } from 'vitest';
import { askRules } from '../../src/rules/check.ts';
import { rules } from '../../src/rules/index.ts';
import type { Leaf, LeafKind } from '../../src/report/awaits.ts';
import type { Report, ResourceEntry, TaskEntry, WaitEntry } from '../../src/report/format.ts';
import { awaitProgram, siteOf } from '../support/await-report.ts';
import { holderOf, messagesOf, reportOf, resourceOf, taskOf, waitOf, warningsOf } from '../support/rule-report.ts';

const minutes = 60_000;
const drained = { reason: 'exit', process: { isDrained: true, exitCode: 13 } } as const;
const queueNumbers = { kind: 'queue', capacity: 2, putters: 1, getters: 0, put: 5, taken: 3 } as const;

function leaf(kind: LeafKind, fields: Partial<Leaf> = {}): TaskEntry['parked'] {
  const found: Leaf = {
    type: 'leaf',
    kind,
    detail: '',
    settledBy: ['Db.pending', 'resolve()'],
    verdict: 'found',
    ...fields,
  };
  return { at: siteOf('src/db.ts:9'), function: 'load', leaf: found };
}

describe('stuck-task', () => {
  const client = resourceOf(9, 'http api:443', {
    kind: 'client',
    pending: 1,
    maxPending: 1,
    completed: 0,
    failed: 0,
    totalMs: 0,
    maxMs: 0,
  });
  const full = resourceOf(8, 'orders', { ...queueNumbers, depth: 2, unfinished: 2 });
  const left = { ...full, lastTaker: { id: 70, name: 'worker', settled: true } };
  const taken = { ...full, lastTaker: { id: 71, name: 'worker', settled: false } };

  function waiting(
    kind: WaitEntry['kind'],
    on: ResourceEntry | null,
    forMs: number,
    more: Partial<WaitEntry> = {},
  ): Report {
    const task = taskOf(1, 'load', { waits: [waitOf(kind, on, forMs, more)] });
    return reportOf({ tasks: [task], resources: on === null ? [] : [on] });
  }

  test.each<[string, Report, string]>([
    [
      'a response',
      waiting('response', client, 10 * minutes, { operation: 'GET /users' }),
      'load #1 waits for the response of client http api:443 to “GET /users”, for 10 m.',
    ],
    [
      'a connection',
      waiting('connect', client, 10 * minutes),
      'load #1 waits for a connection of client http api:443, for 10 m.',
    ],
    [
      'room, and nobody ever took',
      waiting('put', full, 10 * minutes),
      'load #1 waits for queue orders to have room, but nobody ever took from it, for 10 m.',
    ],
    [
      'room, and the taker is gone',
      waiting('put', left, 10 * minutes),
      'load #1 waits for queue orders to have room, but worker #70, which took last, has settled, for 10 m.',
    ],
  ])('names what is waited for: %s', (_, report, message) => {
    expect(messagesOf('stuck-task', report)).toEqual([message]);
  });

  test.each<[string, Report]>([
    ['a response just before the threshold', waiting('response', client, 10 * minutes - 1)],
    [
      'a response of a command that blocks',
      waiting('response', client, 600 * minutes, { operation: 'BZPOPMIN mails' }),
    ],
    ['a response of LISTEN', waiting('response', client, 600 * minutes, { operation: 'LISTEN orders' })],
    ['room that a worker will make', waiting('put', taken, 600 * minutes)],
    ['the next item', waiting('get', full, 600 * minutes)],
    ['the next message', waiting('read', client, 600 * minutes)],
    ['an event', waiting('wait', full, 600 * minutes)],
    ['a time', waiting('sleep', null, 600 * minutes, { leftMs: 1 })],
    [
      'a lock',
      waiting('acquire', resourceOf(7, 'stock', { kind: 'lock', permits: 1, held: 1, waiters: 1 }), 600 * minutes),
    ],
  ])('is quiet on %s', (_, report) => {
    expect(messagesOf('stuck-task', report)).toEqual([]);
  });

  function parked(
    at: TaskEntry['parked'],
    ageMs = 10 * minutes,
    fields: Parameters<typeof reportOf>[0] = {},
  ): string[] {
    return messagesOf('stuck-task', reportOf({ tasks: [taskOf(1, 'load', { ageMs, parked: at })], ...fields }));
  }

  test('names a promise that is not of loopscope by who has its resolver, at the line where the task is parked', () => {
    const tasks = [1, 2, 3].map((id) => taskOf(id, 'load', { ageMs: (10 + id) * minutes, parked: leaf('other') }));
    expect(
      warningsOf('stuck-task', reportOf({ tasks })).map((each) => [each.message, each.count, each.site?.line]),
    ).toEqual([['3 tasks load wait for a promise of Db.pending → resolve(), the first for 13 m.', 3, 9]]);
  });

  test.each<[LeafKind, number]>([
    ['other', 1],
    ['unknown', 1],
    ['dns', 1],
    ['fetch', 1],
    ['file', 1],
    ['lock', 1],
    ['timer', 0],
    ['socket', 0],
    ['server', 0],
    ['child process', 0],
    ['worker', 0],
    ['message port', 0],
    ['stream', 0],
    ['event', 0],
    ['queue', 0],
  ])('on a leaf of kind %s warns %i times', (kind, times) => {
    expect(parked(leaf(kind))).toHaveLength(times);
  });

  test('is quiet on what is there since the start of the program, unless the program was to be over', () => {
    const uptimeMs = 60 * minutes;
    const process = { uptimeMs };
    expect(parked(leaf('other'), uptimeMs - 1 * minutes, { process })).toHaveLength(1);
    expect(parked(leaf('other'), uptimeMs - 1 * minutes + 1, { process })).toEqual([]);
    expect(parked(leaf('other'), uptimeMs, { process, reason: 'timeout' })).toHaveLength(1);
  });

  test('counts the time of a job from when it runs', () => {
    const job = taskOf(3, 'mail', { kind: 'job' });
    const ofTimeout = (forMs: number): string[] => {
      const queue = resourceOf(
        9,
        'mails',
        { ...queueNumbers, depth: 0, unfinished: 1 },
        { holders: [holderOf(job, forMs)] },
      );
      return messagesOf(
        'stuck-task',
        reportOf({ reason: 'timeout', process: { uptimeMs: 8000 }, tasks: [job], resources: [queue] }),
      );
    };
    expect([ofTimeout(3999), ofTimeout(4000)]).toEqual([
      [],
      ['mail #3 waits for something that cannot be seen, for 4.0 s.'],
    ]);
  });

  test('needs half of the run at a timeout, and of a test', () => {
    const test = {
      runner: 'vitest',
      problem: 'timed out',
      file: '/a',
      name: 'b',
      line: 1,
      column: 1,
      ranMs: 5000,
      timeoutMs: 5000,
    } as const;
    const process = { uptimeMs: 5000 };
    expect(parked(null, 2499, { process, reason: 'timeout' })).toEqual([]);
    expect(parked(null, 2500, { process, reason: 'timeout' })).toEqual([
      'load #1 waits for something that cannot be seen, for 2.5 s.',
    ]);
    expect(parked(leaf('other'), 2499, { reason: 'test', test })).toEqual([]);
    expect(parked(leaf('other'), 2500, { reason: 'test', test })).toHaveLength(1);
  });

  test('is quiet on what it cannot see, what another rule proves, and a task whose child is pending', () => {
    const child = taskOf(2, 'query', { createdBy: { id: 1, name: 'load' }, parked: leaf('socket') });
    expect(parked(null, 600 * minutes)).toEqual([]);
    expect(parked(leaf('unknown', { verdict: 'none' }))).toEqual([]);
    expect(
      messagesOf('stuck-task', reportOf({ tasks: [taskOf(1, 'load', { parked: leaf('other') }), child] })),
    ).toEqual([]);
  });
});

describe('stuck-wait', () => {
  test('finds a function that awaits what nobody can settle, where somebody awaits the function', () => {
    const program = awaitProgram();
    const lost = program.leaf('unknown', '', [], 'none');
    const race = program.join('race', [lost, program.leaf('timer', '1 s left', ['Timeout'])]);
    program.call('handle', program.call('loadUser', lost, 'db.js:12'), 'http.js:3');
    program.call('handle', program.call('loadUser', program.join('all', [lost]), 'db.js:12'), 'http.js:3');
    program.call('handle', program.call('loadOrder', race, 'db.js:20'), 'http.js:3');
    program.call('waitForEver', lost, 'main.js:3');
    program.call('', program.call('main', lost, 'main.js:9'), 'main.js:12', { kind: 'module' });
    const [warning, ...others] = warningsOf('stuck-wait', reportOf({ awaits: program.report() }));
    expect(others).toEqual([]);
    expect(warning).toMatchObject({
      message:
        'loadUser awaits a promise that nobody can settle: nothing in memory leads to its resolver, 2 times over.',
      site: { line: 12 },
      count: 2,
    });
  });

  test.each([
    { client: 'is there', isGone: false, found: ['handle awaits a promise that nobody can settle'] },
    { client: 'has gone', isGone: true, found: [] },
  ])('finds the handler of a request, whoever awaits it, where the client $client', ({ isGone, found }) => {
    const program = awaitProgram();
    const task = { id: 7, name: 'GET /users', ageMs: 1000 };
    program.call('handle', program.leaf('unknown', '', [], 'none'), 'http.js:3', { task });
    const request = taskOf(7, 'GET /users', { kind: 'request', request: { sent: 'nothing', isGone } });
    const messages = messagesOf('stuck-wait', reportOf({ tasks: [request], awaits: program.report() }));
    expect(messages.map((message) => message.split(':')[0])).toEqual(found);
  });

  test('is quiet where the resolver may be somewhere, and in a circle of promises', () => {
    const program = awaitProgram();
    const one = program.promise();
    const other = program.promise({ type: 'follows', promise: one });
    program.settle(one, { type: 'follows', promise: other });
    for (const promise of [one, program.leaf('other', '', ['Db.pending']), program.leaf('unknown')]) {
      program.call('handle', program.call('load', promise));
    }
    expect(messagesOf('stuck-wait', reportOf({ awaits: program.report() }))).toEqual([]);
  });

  test('names what the main module awaits at the empty loop, unless tasks are pending, which are why', () => {
    const program = awaitProgram();
    program.call('', program.leaf('event', 'event "done"', ['Printer._events']), 'main.js:7', { kind: 'module' });
    const awaits = program.report();
    expect(messagesOf('stuck-wait', reportOf({ ...drained, awaits }))).toEqual([
      'The main module awaits event "done", but the loop ran empty: nothing is left that could end this wait.',
    ]);
    const worker = taskOf(1, 'worker', { waits: [waitOf('get', null, 1)] });
    expect(messagesOf('stuck-wait', reportOf({ ...drained, awaits, tasks: [worker] }))).toEqual([]);
    expect(messagesOf('stuck-wait', reportOf({ awaits }))).toEqual([]);
  });

  test('cannot tell where nobody read what functions await', () => {
    const result = askRules(rules, reportOf(), {}).find(({ rule }) => rule === 'stuck-wait');
    expect([result?.answer, result?.reason]).toEqual(['unknown', 'nobody read what functions wait for']);
  });

  const ready = resourceOf(5, 'ready', { kind: 'event', isSet: false, waiters: 1 });
  const orders = resourceOf(6, 'orders', { ...queueNumbers, depth: 2, unfinished: 2 });
  const stock = resourceOf(
    7,
    'stock',
    { kind: 'lock', permits: 1, held: 1, waiters: 1 },
    { holders: [holderOf(taskOf(3, 'x'), 1)] },
  );

  function emptied(wait: WaitEntry | null, ...others: TaskEntry[]): string[] {
    const task = taskOf(1, 'load', wait === null ? {} : { waits: [wait] });
    return messagesOf(
      'stuck-wait',
      reportOf({ ...drained, tasks: [task, ...others], resources: [ready, orders, stock] }),
    );
  }

  test('names every task that waits when the loop ran empty', () => {
    const nothing = 'but the loop ran empty: nothing is left that could end this wait.';
    expect(emptied(null)).toEqual([`load #1 waits for a promise, ${nothing}`]);
    expect(emptied(waitOf('put', orders, 1))).toEqual([`load #1 waits for queue orders, ${nothing}`]);
    expect(emptied(null, taskOf(2, 'load', { createdAt: siteOf('src/load.ts:1') }))).toEqual([
      `2 tasks load wait for a promise, ${nothing}`,
    ]);
  });

  test('at the empty loop is quiet on workers, on unref’ed timers, and on what is held', () => {
    const quiet = [waitOf('get', orders, 1), waitOf('sleep', null, 1, { leftMs: 5 }), waitOf('acquire', stock, 1)];
    expect(quiet.flatMap((wait) => emptied(wait))).toEqual([]);
  });

  test('at the empty loop minds an event only if somebody awaits the task', () => {
    const wait = waitOf('wait', ready, 1);
    const task = taskOf(1, 'load', { waits: [wait] });
    expect(emptied(wait)).toEqual([]);
    expect(emptied(wait, taskOf(2, 'main', { waits: [waitOf('await', task, 1)] }))).toHaveLength(1);
  });
});

describe('task-done-missing', () => {
  const orders = resourceOf(
    9,
    'orders',
    { ...queueNumbers, putters: 0, getters: 1, depth: 0, unfinished: 2 },
    { lastTaker: { id: 2, name: 'worker', settled: false } },
  );
  const worker = taskOf(2, 'worker', { waits: [waitOf('get', orders, 100)] });

  function joined(forMs: number, ...others: TaskEntry[]): string[] {
    const join = taskOf(1, 'import', { waits: [waitOf('join', orders, forMs)] });
    return messagesOf('task-done-missing', reportOf({ tasks: [join, worker, ...others], resources: [orders] }));
  }

  test('says how many items are missing, and who took last', () => {
    expect(joined(30_000)).toEqual([
      'import #1 waits for queue orders to be done for 30.0 s: it is empty, but 2 items taken from it were never reported as done; worker #2 took last.',
    ]);
  });

  test('is quiet before the threshold, and while anybody like the last taker is at work', () => {
    expect(joined(29_999)).toEqual([]);
    expect(joined(30_000, taskOf(3, 'worker'))).toEqual([]);
    expect(joined(30_000, taskOf(3, 'worker 2', { createdAt: worker.createdAt }))).toEqual([]);
    expect(joined(30_000, taskOf(3, 'book', { createdBy: { id: 2, name: 'worker' } }))).toEqual([]);
    expect(joined(30_000, taskOf(3, 'other'))).toHaveLength(1);
  });
});
