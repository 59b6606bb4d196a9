import { expect, test } from 'vitest';
import { createTask, Lock, Queue, retry, Semaphore, sleep, takeReport, TaskGroup, type Task } from '../../src/index.ts';
import type { ResourceRecord } from '../../src/channels/resource.ts';
import type { TaskRecord } from '../../src/channels/task.ts';
import { buildReport, type Sources } from '../../src/report/build.ts';
import type { Report, SiteEntry } from '../../src/report/format.ts';
import { resourceName } from '../../src/report/resource-name.ts';
import { rootTask } from '../../src/runtime/context.ts';
import { startRegistry } from '../../src/subscribers/registry.ts';
import { rejection, turn } from '../support/turn.ts';

const process = {
  pid: 1,
  parentPid: 0,
  threadId: 0,
  command: 'app.js',
  directory: '/',
  node: '24.0.0',
  uptimeMs: 5,
  exitCode: null,
};

/** A report of these tasks and resources at a fixed moment, without sites. */
function reportOf(tasks: readonly TaskRecord[], resources: readonly ResourceRecord[] = [], now = 1000): Report {
  return buildReport({
    reason: 'asked',
    process,
    tasks,
    resources,
    root: rootTask,
    running: null,
    loop: null,
    profile: null,
    telemetry: null,
    now,
    wallTime: 0,
    dropped: { tasks: 0, resources: 0 },
    mapSite: ({ file, ...site }) => ({ ...site, file: `mapped ${file}` }),
  } satisfies Sources);
}

function record(id: number, change: Partial<TaskRecord> = {}): TaskRecord {
  return {
    id,
    origin: { kind: 'task', name: `task ${id}`, site: null },
    name: `task ${id}`,
    parent: null,
    createdAt: 100,
    startedAt: 100,
    settlement: null,
    waits: null,
    previous: null,
    next: null,
    ...change,
  };
}

async function end(...tasks: Task[]): Promise<void> {
  for (const task of tasks) {
    task.cancel();
    await rejection(task);
  }
  await turn();
}

test('an empty report is plain data with nothing in it', () => {
  expect([reportOf([])]).toEqual([
    {
      format: 'loopscope-report',
      version: 1,
      reason: 'asked',
      takenAt: '1970-01-01T00:00:00.000Z',
      process,
      tasks: [],
      resources: [],
      cycles: [],
      loop: null,
      awaits: null,
      profile: null,
      telemetry: null,
      dropped: { tasks: 0, resources: 0 },
    },
  ]);
});

test('a task: age, state, who created it, where, and whether it has started', () => {
  const site = { file: 'a.js', line: 1, column: 2, function: 'f', exact: true };
  const parent = record(1, { settlement: { outcome: 'fulfilled', error: undefined } });
  const task = record(2, { parent, origin: { kind: 'task', name: 'a', site }, createdAt: 400, startedAt: null });
  const report = reportOf([task]);
  expect([report.tasks]).toEqual([
    [
      {
        id: 2,
        name: 'a',
        kind: 'task',
        state: 'pending',
        ageMs: 600,
        started: false,
        createdBy: { id: 1, name: 'task 1' },
        createdAt: { ...site, file: 'mapped a.js' },
        waits: [],
        progress: null,
        parked: null,
      },
    ],
  ]);
});

test('a resource that is named by the place where it was made has that place in the source', () => {
  const site = { file: '/srv/dist/shop.js', line: 1, column: 2, function: 'f', exact: true };
  const named = (name: string): Lock => Object.assign(new Lock(), { name, site });
  const locks = [named('async-mutex shop.js:1'), named('async-lock shop.js:1[key]'), named('stock')];
  const mapSite = (): SiteEntry => ({ ...site, file: '/srv/src/shop.ts', line: 40 });
  expect(locks.map((lock) => resourceName(lock, mapSite))).toEqual([
    'async-mutex shop.ts:40',
    'async-lock shop.ts:40[key]',
    'stock',
  ]);
});

test('a retry says attempt, limit, last error in one short line, and when the next attempt starts', () => {
  const unprintable = {
    toString(): string {
      throw new Error('no');
    },
  };
  const strange = new Error('x');
  Object.defineProperty(strange, 'message', {
    get: () => {
      throw new Error('no');
    },
  });
  const progressOf = (lastError: unknown): unknown =>
    reportOf([record(1, { progress: { attempt: 2, limit: null, lastError, nextAt: 1500.04 } })]).tasks[0]?.progress;
  const errors = [
    new TypeError('two\n  lines\r\nand more'),
    undefined,
    null,
    'text',
    Symbol('s'),
    Object.create(null),
    unprintable,
    strange,
    new Error('x'.repeat(5000)),
  ];
  expect(errors.map(progressOf)).toEqual(
    [
      'TypeError: two lines and more',
      null,
      'null',
      'text',
      'Symbol(s)',
      'a thrown object',
      'a thrown object',
      'a thrown object',
      `Error: ${'x'.repeat(993)}…`,
    ].map((lastError) => ({ attempt: 2, limit: null, lastError, nextInMs: 500 })),
  );
});

test('waits are listed oldest first, with what is waited for and the rest of a timeout', async () => {
  const lock = new Lock({ name: 'lock' });
  const permit = await lock.acquire();
  const child = createTask(async () => sleep(Infinity), { name: 'child' });
  const task = createTask(async () => Promise.all([lock.acquire({ timeout: 60_000 }), child, sleep(30_000)]), {
    name: 'waits',
  });
  await turn();
  const [waits] = takeReport()
    .tasks.filter(({ id }) => id === task.id)
    .map((entry) => entry.waits);
  expect(
    waits?.map(({ kind, on, leftMs }) => [
      kind,
      on?.kind,
      on?.name,
      leftMs === null ? null : Math.ceil(leftMs / 30_000),
    ]),
  ).toEqual([
    ['acquire', 'lock', 'lock', 2],
    ['sleep', undefined, undefined, 1],
    ['await', 'task', 'child', null],
  ]);
  await end(task, child);
  permit.release();
});

test('states: running is the task that asks, waiting is parked or a group, pending is on something else', async () => {
  const states = (): Record<string, string> =>
    Object.fromEntries(takeReport().tasks.map(({ name, state }) => [name, state]));
  let resolve = (): void => {};
  const other = createTask(() => new Promise<void>((done) => (resolve = done)), { name: 'other' });
  const later = createTask(async () => {}, { name: 'later', eager: false });
  const group = TaskGroup.run(async () => sleep(0), { name: 'group' });
  const seen = await createTask(async () => states(), { name: 'asks' });
  expect(seen).toEqual({
    '(main)': 'waiting',
    other: 'pending',
    later: 'pending',
    group: 'waiting',
    'group body': 'waiting',
    asks: 'running',
  });
  resolve();
  await Promise.all([other, later, group]);
});

test('resources are listed while they are in use, with their holders and the last taker', async () => {
  const locks = [new Lock({ name: 'held' }), new Lock({ name: 'free' })] as const;
  const limit = new Semaphore(2, { name: 'limit' });
  const queues = ['full', 'empty', 'unfinished'].map((name) => new Queue<number>({ name })) as [
    Queue<number>,
    Queue<number>,
    Queue<number>,
  ];
  queues[0].putNowait(1);
  queues[2].putNowait(1);
  const holder = createTask(
    async () => {
      await locks[0].acquire();
      await limit.acquire();
      queues[2].getNowait();
    },
    { name: 'leaks' },
  );
  await holder;
  const entries = takeReport().resources.map(({ name, statistics, holders, lastTaker }) => ({
    name,
    statistics,
    lastTaker,
    holders: holders.map(({ task, settled }) => ({ name: task.name, settled })),
  }));
  const leaks = { name: 'leaks', settled: true };
  const counts = { kind: 'queue', capacity: null, putters: 0, getters: 0 };
  expect(entries).toEqual([
    { name: 'held', statistics: { kind: 'lock', permits: 1, held: 1, waiters: 0 }, holders: [leaks], lastTaker: null },
    {
      name: 'limit',
      statistics: { kind: 'semaphore', permits: 2, held: 1, waiters: 0 },
      holders: [leaks],
      lastTaker: null,
    },
    {
      name: 'full',
      statistics: { ...counts, depth: 1, unfinished: 1, put: 1, taken: 0 },
      holders: [],
      lastTaker: null,
    },
    {
      name: 'unfinished',
      statistics: { ...counts, depth: 0, unfinished: 1, put: 1, taken: 1 },
      holders: [],
      lastTaker: { id: holder.id, ...leaks },
    },
  ]);
  expect([locks.length, limit.locked, queues.length]).toEqual([2, false, 3]);
});

test('what is waited for and who holds it are in the report, even if the registry does not know them', async () => {
  startRegistry().stop();
  const lock = new Lock({ name: 'lock' });
  const child = createTask(async () => sleep(Infinity), { name: 'child' }) as Task;
  const holder = createTask<unknown>(async () => lock.run(async () => child), { name: 'holder' });
  const waiter = createTask(async () => lock.acquire(), { name: 'waiter' });
  await turn();
  const report = reportOf([waiter]);
  expect([report.tasks.map(({ name }) => name), report.resources.map(({ name }) => name)]).toEqual([
    ['child', 'holder', 'waiter'],
    ['lock'],
  ]);
  child.cancel();
  await rejection(holder);
  (await waiter).release();
  startRegistry();
});

test('a report is JSON: it reads back as it was, hostile names and all', async () => {
  const name = '\u0000\u001B[31m"</script>\u2028\uD800';
  const operation = retry(async () => Promise.reject(new Error(name)), { name, delay: 1e9 }) as Task;
  const limit = new Semaphore(Infinity, { name });
  const permit = await limit.acquire();
  const task = createTask(async () => sleep(Infinity), { name }) as Task;
  await turn();
  const report = takeReport();
  expect([JSON.parse(JSON.stringify(report)), report.tasks.map((entry) => entry.name)]).toEqual([report, [name, name]]);
  await end(operation, task);
  permit.release();
});
