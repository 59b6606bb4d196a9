// Recordings made by hand: a healthy server under load, and what a test changes in it.
import type { Report, SiteEntry } from '../../src/report/format.ts';
import {
  recordingFormat,
  recordingVersion,
  type HotPath,
  type OperationEntry,
  type Recording,
  type ResourceUse,
  type ThreadRecording,
} from '../../src/report/recording.ts';

const directory = '/app';

export function siteAt(line: number, name = 'handle'): SiteEntry {
  return { file: `${directory}/app.ts`, line, column: 3, function: name, exact: true };
}

function pathOf(path: Partial<HotPath>): HotPath {
  return { work: 'javascript', at: siteAt(1), calls: null, ms: 0, timersMs: 0, callers: [], ...path };
}

export function useOf(use: Partial<ResourceUse>): ResourceUse {
  return {
    kind: 'pool',
    name: 'db',
    createdAt: siteAt(2, ''),
    size: 1,
    waits: 0,
    waitMs: 0,
    maxWaitMs: 0,
    waitedAt: siteAt(3),
    holds: 0,
    holdMs: 0,
    maxHoldMs: 0,
    peakWaiting: 0,
    peakHeld: 0,
    operation: null,
    ...use,
  };
}

export function operationOf(operation: Partial<OperationEntry>): OperationEntry {
  return {
    type: 'FSREQCALLBACK',
    at: siteAt(4),
    count: 0,
    runs: 1,
    waitingMs: 0,
    onLoopMs: 0,
    peak: 0,
    open: 0,
    concurrency: [],
    parent: null,
    ...operation,
  };
}

/** 1,000 requests in 2 s, 10 at a time and 20 ms each, with a loop that was busy for half of it. */
export function threadOf(change: Partial<ThreadRecording> = {}): ThreadRecording {
  const profile = { everyMs: 4, samples: 500, idleMs: 1000, busyMs: 1000, gcMs: 20, ownMs: 0, timersMs: 0 };
  return {
    observedMs: 2200,
    activeMs: 2000,
    port: 3000,
    requests: { started: 1000, finished: 1000, totalMs: 20_000, maxMs: 30, peak: 10 },
    turns: {
      observedMs: 2200,
      busyMs: 1000,
      count: 5000,
      delays: [1, 2, 5, 10, 20, 50, 100].map((overMs) => ({ overMs, share: 0 })),
      processorWaitMs: 0,
    },
    processor: { threadMs: 1000, processMs: 1100 },
    gc: { count: 10, totalMs: 20, maxMs: 3 },
    profile: { ...profile, paths: [] },
    allocations: { bytes: 1e8, sites: [] },
    operations: { followedMs: 2000, isDeep: false, groups: [], dropped: 0 },
    resources: [],
    series: { everyMs: 100, utilization: [], heapMB: [], requests: [], answered: [], tasks: [], handles: {} },
    report: {
      process: { pid: 42, threadId: 0, directory },
      tasks: [],
      resources: [],
      cycles: [],
      loop: { blocks: [], observedMs: 0 },
    } as unknown as Report,
    ...change,
  };
}

/** With a profile of which these are the paths. */
export function withPaths(
  paths: readonly Partial<HotPath>[],
  profile: Partial<ThreadRecording['profile']> = {},
): ThreadRecording {
  const thread = threadOf();
  return {
    ...thread,
    profile: { ...(thread.profile as NonNullable<typeof thread.profile>), ...profile, paths: paths.map(pathOf) },
  };
}

export function recordingOf(threads: readonly ThreadRecording[], change: Partial<Recording> = {}): Recording {
  return {
    format: recordingFormat,
    version: recordingVersion,
    startedAt: '2026-01-01T00:00:00.000Z',
    command: 'app.ts',
    durationMs: 2500,
    ended: 'load',
    exit: null,
    load: { command: 'autocannon', port: 3000, exitCode: 0 },
    awaitNs: null,
    threads,
    silent: [],
    notes: [],
    ...change,
  };
}
