// Each disease on both sides of its limits: the last that is healthy, and the first that is not.
import { expect, test } from 'vitest';
import { diagnose } from '../../src/doctor/diagnose.ts';
import type { HotPath, ThreadRecording } from '../../src/report/recording.ts';
import { operationOf, recordingOf, siteAt, threadOf, useOf, withPaths } from '../support/recording.ts';

/** The first lines of what is found in one thread. */
function verdictsOf(thread: ThreadRecording): string[] {
  return diagnose(recordingOf([thread])).findings.map(({ verdict }) => verdict);
}

const at = siteAt(7, 'hash');

test('a server is healthy of which nothing is known but that it answers', () => {
  expect(diagnose(recordingOf([threadOf()]))).toMatchObject({
    verdict: 'healthy',
    sentence: 'Healthy: it answered 1,000 requests in 2.0 s, and nothing of its own held it up.',
    findings: [],
  });
});

test('one place blocks the loop from 1 ms a request and a quarter of all work on', () => {
  const crypto = { work: 'sync crypto', calls: 'pbkdf2Sync', at } as const;
  expect(verdictsOf(withPaths([{ ...crypto, ms: 999 }]))).toEqual([]);
  expect(verdictsOf(withPaths([{ ...crypto, ms: 1000 }], { busyMs: 4001 }))).toEqual([]);
  expect(verdictsOf(withPaths([{ ...crypto, ms: 1000 }], { busyMs: 4000 }))).toEqual([
    'The loop is blocked by pbkdf2Sync at app.ts:7 in hash: 25 % of all it does, 1.0 ms for each request.',
  ]);
});

test('a loop without time left is healthy where no place has much of each request', () => {
  const thread = withPaths([{ work: 'node', calls: 'end', ms: 1900 }, { ms: 90 }], { busyMs: 2000, idleMs: 0 });
  const turns = { ...(thread.turns as NonNullable<typeof thread.turns>), busyMs: 2000 };
  expect(diagnose(recordingOf([{ ...thread, turns }])).sentence).toBe(
    'Healthy: it answered 1,000 requests in 2.0 s, and nothing of its own held it up. Its loop had no time left: this is about the most that one thread can do.',
  );
});

test('long turns count that were seen twice, and not those before it listened', () => {
  const block = {
    kind: 'javascript',
    native: null,
    count: 2,
    totalMs: 220,
    maxMs: 110,
    gcMs: 0,
    now: false,
    stack: [at],
  };
  const thread = threadOf();
  const report = { ...thread.report, loop: { blocks: [block] } } as unknown as typeof thread.report;
  const late = { ...(thread.turns as NonNullable<typeof thread.turns>), delays: [{ overMs: 100, share: 0.01 }] };
  expect(verdictsOf({ ...thread, report })).toEqual([]);
  expect(verdictsOf({ ...thread, report, turns: late })).toEqual([
    'The loop was blocked 2 times, for up to 110 ms, by its own code at app.ts:7 in hash.',
  ]);
});

test('a long turn that answered a crowd of requests is told by what each of them costs', () => {
  const hot = withPaths([{ ms: 600, at: siteAt(9, 'render') }]);
  const blocked = (maxMs: number): ThreadRecording => {
    const blocks = [
      { kind: 'javascript', native: null, count: 9, totalMs: 600, maxMs, gcMs: 0, now: false, stack: [at] },
    ];
    const turns = { ...(hot.turns as NonNullable<typeof hot.turns>), delays: [{ overMs: 100, share: 0.01 }] };
    return { ...hot, turns, report: { ...hot.report, loop: { blocks } } as unknown as typeof hot.report };
  };
  // 60 requests at a time, of 2 ms each
  const requests = { started: 500, finished: 500, totalMs: 20_000, maxMs: 30, peak: 60 };
  const longest = 2 * 60 * (1000 / 500);
  const words = [longest, longest + 1].map((maxMs) =>
    verdictsOf({ ...blocked(maxMs), requests }).map((each) => each.split(' by ')[0]),
  );
  expect(words).toEqual([
    ['The loop is blocked'],
    ['The loop was blocked 9 times, for up to 241 ms,', 'The loop is blocked'],
  ]);
});

test('timers that are never cleared are a leak, and no crowd', () => {
  const grown = Array.from({ length: 20 }, (_, point) => point * 100);
  const operations = [operationOf({ type: 'Timeout', at, count: 2000, runs: 9, peak: 2000, waitingMs: 1e6 })];
  const thread = threadOf({ operations: { followedMs: 2000, isDeep: false, groups: operations, dropped: 0 } });
  expect(verdictsOf({ ...thread, series: { ...thread.series, handles: { Timeout: grown } } })).toEqual([
    'It leaks timers opened at app.ts:7: 1,800 more were open at the end than at the start.',
  ]);
});

test('JSON is large from half a millisecond a request on', () => {
  const json = { work: 'json', calls: 'JSON.stringify', at } as const;
  expect(verdictsOf(withPaths([{ ...json, ms: 499 }]))).toEqual([]);
  expect(verdictsOf(withPaths([{ ...json, ms: 500 }]))).toEqual([
    'JSON.stringify of large objects at app.ts:7 in hash keeps the loop: 50 % of all it does, 0.5 ms for each request.',
  ]);
});

test('synchronous I/O is too much from 8 % of all work on', () => {
  const read = { work: 'sync file', calls: 'readFileSync', at } as const;
  expect(verdictsOf(withPaths([{ ...read, ms: 79 }]))).toEqual([]);
  expect(verdictsOf(withPaths([{ ...read, ms: 80 }]))).toEqual([
    'Too much synchronous I/O: readFileSync at app.ts:7 in hash is 8 % of all the loop does.',
  ]);
});

test('garbage collection is pressure from 15 % of all work and 0.3 ms a request on', () => {
  const allocations = { bytes: 1e9, sites: [{ at, bytes: 9e8 }] };
  const thread = (gcMs: number, busyMs: number): ThreadRecording => ({
    ...withPaths([], { gcMs, busyMs }),
    allocations,
  });
  expect([verdictsOf(thread(299, 1000)), verdictsOf(thread(300, 2001))]).toEqual([[], []]);
  expect(verdictsOf(thread(300, 2000))).toEqual([
    'Garbage collection takes 15 % of all the loop does: most is allocated at app.ts:7 in hash.',
  ]);
});

test('timers are a storm from a quarter of all work on, if there are very many', () => {
  const storm = (timersMs: number, timers: number): ThreadRecording => ({
    ...withPaths([{ ms: 100, timersMs: 100, at }], { timersMs }),
    series: { ...threadOf().series, handles: { Timeout: [timers] } },
  });
  // 300 ms are 15 % of the time, and the least
  expect([verdictsOf(storm(299, 5000)), verdictsOf(storm(300, 199))]).toEqual([[], []]);
  expect(verdictsOf(storm(300, 200))).toEqual([
    'A storm of timers: 200 timers take 30 % of all the loop does, most of it at app.ts:7.',
  ]);
});

test('concurrency is unbounded from 20 for each request and 200 in all on', () => {
  const files = (peak: number): ThreadRecording => ({
    ...threadOf(),
    operations: {
      followedMs: 2000,
      isDeep: false,
      dropped: 0,
      groups: [operationOf({ peak, count: 1000, waitingMs: 5000 })],
    },
  });
  expect(verdictsOf(files(199))).toEqual([]);
  expect(verdictsOf(files(200))).toEqual([
    'Unbounded concurrency at app.ts:4: 200 file operations at the same time (20 for each of 10 requests).',
  ]);
});

test('a pool is too small where a fifth of the time of requests is spent in line', () => {
  const pool = (waitMs: number): ThreadRecording => ({
    ...threadOf(),
    resources: [useOf({ waits: 1000, waitMs, maxWaitMs: 40, holds: 1000, holdMs: 2000 })],
  });
  expect(verdictsOf(pool(3999))).toEqual([]);
  const { findings } = diagnose(recordingOf([pool(18_000)]));
  expect(findings.map(({ verdict, evidence }) => ({ verdict, evidence }))).toEqual([
    {
      verdict: 'The pool db (app.ts:2) is too small with 1: 90 % of the time of requests is spent in line for it.',
      evidence: [
        '1,000 waits, 18 ms each, the longest 40 ms (app.ts:3).',
        '500 a second arrive and hold it for 2.0 ms each: on average 1.0 of 1 are in use, and 9.0 are in line.',
        "By Little's law, with 10 nobody would wait at this rate.",
      ],
    },
  ]);
});

test('a loop that is busy and cannot be looked into is not called healthy', () => {
  const turns = threadOf().turns as NonNullable<ThreadRecording['turns']>;
  const blind = (busyMs: number): string =>
    diagnose(recordingOf([threadOf({ profile: null, turns: { ...turns, busyMs } })])).verdict;
  expect([blind(599), blind(600)]).toEqual(['healthy', 'unknown']);
});

test('jobs that wait for their turn in a queue are in line, and who waits for items is idle', () => {
  const queue = (kind: string): ThreadRecording => ({
    ...threadOf(),
    resources: [useOf({ kind: 'queue', name: 'p-queue app.ts:2', size: null, waits: 1000, waitMs: 18_000 })],
    waits: { groups: [operationOf({ type: `${kind} queue p-queue app.ts:2` })], dropped: 0 },
  });
  expect(verdictsOf(queue('get'))).toEqual([]);
  expect(verdictsOf(queue('start'))).toEqual([
    'The queue p-queue app.ts:2 lets too few run at a time: 90 % of the time of requests is spent in line for it.',
  ]);
});

test('workers are too few where more jobs come than they do, and all of them are busy', () => {
  const overrun = (put: number, holdMs: number): ThreadRecording => ({
    ...threadOf({ requests: null, port: null }),
    resources: [
      useOf({ kind: 'queue', name: 'mail', waits: put, waitMs: 10 }),
      useOf({ kind: 'executor', name: 'mail', holds: 200, holdMs, peakHeld: 1 }),
    ],
  });
  expect([verdictsOf(overrun(299, 2000)), verdictsOf(overrun(300, 999))]).toEqual([[], []]);
  expect(verdictsOf(overrun(300, 2000))).toEqual([
    'The workers of mail (app.ts:2) are too few with 1: 150 jobs a second come, and 100 are done.',
  ]);
});

test('a queue grows where its depth does, from 100 on', () => {
  const growing = (step: number): ThreadRecording => {
    const thread = threadOf();
    const depths = Array.from({ length: 11 }, (_, look) => 1 + look * step);
    const queue = { id: 1, name: 'jobs', createdAt: at, capacity: null, everyMs: 500, depths, put: 2000, taken: 100 };
    const history = { fanOuts: { entries: [], dropped: 0 }, queues: { entries: [queue], dropped: 0 } };
    return { ...thread, report: { ...thread.report, history } as unknown as typeof thread.report };
  };
  expect(verdictsOf(growing(9.9))).toEqual([]);
  expect(verdictsOf(growing(10))).toEqual([
    'The queue jobs (app.ts:7) grows and grows: 400 a second are put and 20 taken.',
  ]);
});

test('a dependency is slow from half of the time of requests on, unless the loop itself is late', () => {
  const waiting = (holdMs: number): ThreadRecording => ({
    ...threadOf(),
    resources: [useOf({ kind: 'client', name: 'http api:80', holds: 1000, holdMs, maxHoldMs: 50, peakHeld: 10 })],
  });
  const busy = { ...(threadOf().turns as NonNullable<ThreadRecording['turns']>), busyMs: 1601 };
  expect([verdictsOf(waiting(9999)), verdictsOf({ ...waiting(10_000), turns: busy })]).toEqual([[], []]);
  expect(verdictsOf(waiting(10_000))).toEqual([
    'It waits for http api:80: 50 % of the time of its requests, 10 ms for each answer, asked at app.ts:3.',
  ]);
});

test('handles leak where their number grows all the time, and not where a crowd came at the start', () => {
  const sockets = (numbers: readonly number[]): ThreadRecording => ({
    ...threadOf(),
    series: { ...threadOf().series, handles: { TCPSocketWrap: numbers } },
    operations: {
      followedMs: 2000,
      isDeep: false,
      dropped: 0,
      groups: [operationOf({ type: 'TCPWRAP', at, count: 60, runs: 0 })],
    },
  });
  const growing = (step: number): number[] => Array.from({ length: 20 }, (_, point) => 1 + point * step);
  const crowd = Array.from({ length: 20 }, (_, point) => Math.min(500, 100 + point * 200));
  // and what was open when the load was over, and stayed, is no growth, and no end of it
  const answered = Array.from({ length: 60 }, (_, point) => Math.min(point, 20) * 50);
  const then = { ...sockets([...growing(3), ...Array.from({ length: 40 }, () => 58)]) };
  const leaks = { ...then, series: { ...then.series, answered } };
  expect([verdictsOf(sockets(growing(2.5))), verdictsOf(sockets(crowd)), verdictsOf(then)]).toEqual([[], [], []]);
  expect(verdictsOf(leaks)).toHaveLength(1);
  expect(verdictsOf(sockets(growing(3)))).toEqual([
    'It leaks sockets opened at app.ts:7: 57 more were open at the end than at the start.',
  ]);
});

test('tasks leak where ever more of them are pending', () => {
  const thread = threadOf();
  const task = { id: 1, name: 'poll', kind: 'task', ageMs: 1000, createdAt: at, waits: [] };
  const pending = (count: number): ThreadRecording => ({
    ...thread,
    series: { ...thread.series, tasks: Array.from({ length: 21 }, (_, point) => 1 + (point * count) / 20) },
    report: { ...thread.report, tasks: Array.from({ length: count }, () => task) } as unknown as typeof thread.report,
  });
  expect(verdictsOf(pending(99))).toEqual([]);
  expect(verdictsOf(pending(100))).toEqual(['Tasks pile up: 100 of poll (app.ts:7) are pending, and ever more.']);
});

test('memory leaks where 20 MB and half a kilobyte of each request stay, and more in every quarter', () => {
  const thread = (after: number, heapMB: readonly number[]): ThreadRecording => ({
    ...threadOf(),
    allocations: { bytes: 1e9, sites: [{ at, bytes: 5e8 }], live: { before: 10e6, after } },
    series: { ...threadOf().series, heapMB },
  });
  const grown = [10, 12, 15, 18, 20, 24, 28, 30];
  const requests = { started: 60_001, finished: 60_001, totalMs: 20_000, maxMs: 30, peak: 10 };
  const healthy = [thread(29.9e6, grown), thread(30e6, [10, 28, 30, 30, 30, 30, 30, 30]), thread(30e6, [])];
  expect([...healthy, { ...thread(40e6, grown), requests }].map(verdictsOf)).toEqual([[], [], [], []]);
  expect(verdictsOf(thread(30e6, grown))).toEqual([
    'It leaks memory: 20 MB more are in use after the load than before it, 20 kB for each request.',
  ]);
});

test('what a thread does in its first second is its start, unless most of it is one place of the program', () => {
  const thread = (ms: number, work: HotPath['work'] = 'sync crypto', busyMs = 600): ThreadRecording => {
    const short = {
      ...withPaths([{ work, calls: 'pbkdf2Sync', ms, at }], { busyMs, idleMs: 0 }),
      port: null,
      requests: null,
    };
    return { ...short, observedMs: 900, activeMs: 900 };
  };
  const starts = [thread(299, 'sync crypto', 500), thread(300, 'sync crypto', 601), thread(500, 'package')];
  expect(starts.map(verdictsOf)).toEqual([[], [], []]);
  expect(verdictsOf(thread(300))).toEqual([
    'The loop is kept busy by pbkdf2Sync at app.ts:7 in hash: 50 % of all it does.',
  ]);
});

test('the processor is busy elsewhere where other threads use most of one', () => {
  const hashing = (processMs: number): ThreadRecording => ({
    ...threadOf({ processor: { threadMs: 100, processMs } }),
    operations: {
      followedMs: 2000,
      isDeep: false,
      dropped: 0,
      groups: [operationOf({ type: 'PBKDF2REQUEST', at, peak: 10 })],
    },
  });
  expect(verdictsOf(hashing(1699))).toEqual([]);
  expect(verdictsOf(hashing(1700))).toEqual([
    "The processor is busy in other threads than the loop's: with crypto from app.ts:7.",
  ]);
});

test('a worker thread that does not answer is a note: idle workers wait in native code', () => {
  const { verdict, notes } = diagnose(recordingOf([threadOf()], { silent: [{ pid: 43, threadId: 2 }] }));
  const { pid } = threadOf().report.process;
  const ofIt = diagnose(recordingOf([threadOf()], { silent: [{ pid, threadId: 2 }] }));
  expect([verdict, notes.length, ofIt.verdict, ofIt.notes.length]).toEqual(['ill', 0, 'healthy', 1]);
});

test('of a healthy server whose requests are slow while its loop idles it is said that they wait for what is not seen', () => {
  const of = (totalMs: number): readonly string[] => {
    const requests = { started: 1000, finished: 1000, totalMs, maxMs: 90, peak: 10 };
    return diagnose(recordingOf([threadOf({ requests })])).notes.map((note) => note.split(',')[0] ?? '');
  };
  expect([of(49_999), of(50_000)]).toEqual([[], ['A request took 50 ms']]);
});

test('requests that ask one host ten times in a row are found, however busy the loop is', () => {
  const asking = (holds: number, holdMs: number): ThreadRecording => {
    const client = useOf({ kind: 'client', name: 'http api:80', holds, holdMs, waitedAt: at });
    const { turns } = threadOf();
    return { ...threadOf({ resources: [client] }), turns: { ...(turns as NonNullable<typeof turns>), busyMs: 2000 } };
  };
  expect([asking(9999, 20_000), asking(10_000, 9999), asking(10_000, 24_001)].map(verdictsOf)).toEqual([[], [], []]);
  expect(verdictsOf(asking(10_000, 20_000))).toEqual([
    'Each request asks http api:80 10 times, one after the other at app.ts:7: 100 % of the time of requests.',
  ]);
});

test('of too few requests nothing is said, and of a thread that is silent that it is', () => {
  const requests = { started: 19, finished: 19, totalMs: 380, maxMs: 30, peak: 1 };
  const few = recordingOf([threadOf({ requests })]);
  const silent = recordingOf([], { silent: [{ pid: 42, threadId: 0 }] });
  expect([few, silent].map(diagnose).map(({ verdict, sentence }) => [verdict, sentence])).toEqual([
    ['unknown', 'Not enough seen: only 19 requests came.'],
    ['ill', 'The loop of pid 42 did not answer: it is blocked in native code, stopped, or has no processor.'],
  ]);
});

test('the same in several processes is one finding, and the heaviest is the verdict', () => {
  const hashing = withPaths(
    [
      { work: 'sync crypto', calls: 'pbkdf2Sync', at, ms: 1000 },
      { work: 'sync file', calls: 'readFileSync', at: siteAt(9), ms: 100 },
    ],
    { busyMs: 1100 },
  );
  const { findings } = diagnose(recordingOf([hashing, hashing]));
  expect(findings.map(({ disease, threads }) => [disease, threads.length])).toEqual([
    ['blocked-loop', 2],
    ['sync-files', 2],
  ]);
});
