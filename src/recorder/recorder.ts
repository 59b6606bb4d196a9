// What one thread does, from the moment at which it listens: all collectors, started and stopped together.
import type { Site } from '../channels/site.ts';
import { profileClock, startCpuProfiler, type CpuProfiler } from '../loop/cpu-profile.ts';
import type { LoopReading } from '../loop/meter.ts';
import { ownProcessorMs, ownScheduling } from '../loop/scheduling.ts';
import type { Report, SiteEntry } from '../report/format.ts';
import type { ProfiledEntry, ThreadRecording, TurnsEntry } from '../report/recording.ts';
import { now } from '../runtime/clock.ts';
import { complain } from '../runtime/complain.ts';
import { sampleAllocations } from './allocations.ts';
import { SourceTexts } from './call-line.ts';
import { foldProfile } from './fold-profile.ts';
import { followOperations, type OperationsOptions } from './operations.ts';
import { countRequests } from './requests.ts';
import { followResources } from './resource-use.ts';
import { startSeries } from './series.ts';
import { followWaits } from './wait-groups.ts';

const sampleEveryMs = 4;
const mostEntries = 500;
const delaysMs = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

export interface RecorderOptions extends OperationsOptions {
  /** What the loop did until now; null before its first turn, or where it is not measured. */
  readonly loop: () => LoopReading | null;
  readonly pendingTasks: () => number;
}

/** What runs while a thread is recorded. */
export interface Recorder {
  /** It listens at a port: what it did before was its start, and is forgotten. Only the first counts. */
  listens(port: number): void;
  /** Ends it. */
  stop(mapSite: (site: Site) => SiteEntry, report: Report): ThreadRecording;
}

/** Counters at one moment. */
interface Reading {
  readonly at: number;
  readonly turns: { readonly observedMs: number; readonly busyMs: number; readonly beyond: readonly number[] } | null;
  readonly count: number;
  readonly threadMs: number;
  readonly processMs: number;
  /** Ready to run and without a processor; null where the system does not tell. */
  readonly waitMs: number | null;
}

const { nodeTiming } = performance;

/** Records this thread from now on. */
export function startRecorder({ loop, pendingTasks, ...options }: RecorderOptions): Recorder {
  const profiler = orNull('no CPU profile', () => startCpuProfiler(sampleEveryMs));
  const allocations = orNull('allocations are not sampled', sampleAllocations);
  const operations = followOperations(options);
  const requests = countRequests();
  const resources = followResources();
  const waits = followWaits();
  const series = startSeries({
    busy: loop,
    pendingRequests: () => requests.pending,
    answeredRequests: () => requests.finished,
    pendingTasks,
    tick() {
      operations.tick();
      waits.tick();
    },
  });
  let start = read(loop);
  let port: number | null = null;
  return {
    listens(first) {
      if (port !== null) return;
      port = first;
      start = read(loop);
      allocations?.restart();
      operations.restart();
      waits.restart();
      series.restart();
    },
    stop(mapSite, report) {
      const end = read(loop);
      const profile = profiler === null ? null : finishProfile(profiler, start.at, mapSite);
      const { span } = requests;
      const observedMs = end.at - start.at;
      return {
        observedMs: rounded(observedMs),
        activeMs: rounded(span === null ? observedMs : Math.min(observedMs, Math.max(1, span.to - span.from))),
        port,
        requests: requests.stop(),
        turns: turnsBetween(start, end),
        processor: {
          threadMs: rounded(end.threadMs - start.threadMs),
          processMs: rounded(end.processMs - start.processMs),
        },
        gc: report.loop?.gc ?? null,
        profile,
        allocations: allocations?.stop(mapSite) ?? null,
        operations: operations.stop(mapSite),
        waits: waits.stop(mapSite),
        resources: resources.stop(mapSite),
        series: series.stop(),
        report: bounded(report),
      };
    },
  };
}

function read(loop: () => LoopReading | null): Reading {
  const reading = loop();
  const ofProcess = process.cpuUsage();
  return {
    at: now(),
    turns:
      reading === null
        ? null
        : {
            observedMs: reading.observedMs,
            busyMs: reading.busyMs,
            beyond: delaysMs.map((x) => reading.delayedBeyond(x)),
          },
    count: nodeTiming.uvMetricsInfo.loopCount,
    threadMs: ownProcessorMs(),
    processMs: (ofProcess.user + ofProcess.system) / 1000,
    waitMs: ownScheduling()?.waitMs ?? null,
  };
}

/** A program that never came to its loop had no turn. */
function turnsBetween(start: Reading, end: Reading): TurnsEntry | null {
  if (end.turns === null) return null;
  const before = start.turns ?? { observedMs: 0, busyMs: 0, beyond: delaysMs.map(() => 0) };
  const observedMs = end.turns.observedMs - before.observedMs;
  return {
    observedMs: rounded(observedMs),
    busyMs: rounded(end.turns.busyMs - before.busyMs),
    count: end.count - start.count,
    delays: delaysMs.map((overMs, index) => {
      const beyondMs = (end.turns?.beyond[index] ?? 0) - (before.beyond[index] ?? 0);
      return { overMs, share: observedMs > 0 ? Math.round((beyondMs / observedMs) * 1e4) / 1e4 : 0 };
    }),
    processorWaitMs: start.waitMs === null || end.waitMs === null ? null : rounded(end.waitMs - start.waitMs),
  };
}

function finishProfile(profiler: CpuProfiler, since: number, mapSite: (site: Site) => SiteEntry): ProfiledEntry | null {
  const profile = profiler.stop();
  if (profile === null) return null;
  const sinceMs = since + profileClock();
  return foldProfile(profile, { sinceMs, everyMs: sampleEveryMs, mapSite, texts: new SourceTexts() });
}

/** What is open by place is in the recording; each single thing that is open would be megabytes. */
function bounded(report: Report): Report {
  const { handles, tasks } = report;
  const dropped = { ...report.dropped, tasks: report.dropped.tasks + Math.max(0, tasks.length - mostEntries) };
  const most = { ...report, tasks: tasks.slice(0, mostEntries), dropped };
  if (handles === undefined) return most;
  const entries = handles.entries.slice(0, mostEntries);
  return {
    ...most,
    handles: { ...handles, entries, dropped: handles.dropped + handles.entries.length - entries.length },
  };
}

function orNull<Result>(what: string, start: () => Result): Result | null {
  try {
    return start();
  } catch (error) {
    complain(what, error);
    return null;
  }
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
