// The recording of one thread, and what follows from it: shares, rates and places that diseases are told by.
import type { SiteEntry } from '../report/format.ts';
import { lineOf } from '../report/phrases.ts';
import type { HotPath, ThreadRecording } from '../report/recording.ts';

/** A server that answered fewer says nothing. */
export const fewestRequests = 20;

/** However short the machine was of processors. */
const mostWaiting = 0.9;

/** What diseases look at. */
export interface ThreadView {
  readonly thread: ThreadRecording;
  /** Answered. */
  readonly requests: number;
  /** Enough of them to say what one costs. */
  readonly isServing: boolean;
  /** From the first request to the last, or else all that was seen. */
  readonly activeMs: number;
  /** How long the loop was busy, by samples; 0 without a profile. */
  readonly busyMs: number;
  /** Share of the active time in which the loop was busy: 0 to 1. */
  readonly utilization: number;
  /** The same without the time in which the machine had no processor for it. */
  readonly ownUtilization: number;
  /** How long requests took, all together; 0 without any. */
  readonly requestMs: number;
  /** The most requests at a time, and 1 at least. */
  readonly peakRequests: number;
  /** Share of what the loop did. */
  shareOfBusy(ms: number): number;
  perRequest(ms: number): number;
  /** The same without the time in which the machine had no processor for it: what the program itself is to blame for. */
  costPerRequest(ms: number): number;
  perSecond(count: number): number;
  /** `src/orders.ts:12`, relative to the directory of the program. */
  line(site: SiteEntry): string;
}

export function viewOf(thread: ThreadRecording): ThreadView {
  const { requests, activeMs, profile, turns, report, port } = thread;
  const finished = requests?.finished ?? 0;
  const busyMs = profile?.busyMs ?? 0;
  // What runs before the first turn is no turn, and may be all that a script does.
  const bySamples = profile === null ? 0 : busyMs / Math.max(1, busyMs + profile.idleMs);
  const waitMs = turns?.processorWaitMs ?? 0;
  const ranShare = 1 - Math.min(mostWaiting, waitMs / Math.max(1, turns?.busyMs ?? 0, waitMs));
  const byTurns = turns === null ? 0 : turns.busyMs / Math.max(1, activeMs);
  const utilization = Math.min(1, port === null ? Math.max(byTurns, bySamples) : byTurns);
  return {
    thread,
    requests: finished,
    isServing: finished >= fewestRequests,
    activeMs,
    busyMs,
    utilization,
    ownUtilization: utilization * ranShare,
    requestMs: requests?.totalMs ?? 0,
    peakRequests: Math.max(1, requests?.peak ?? 1),
    shareOfBusy: (ms) => (busyMs > 0 ? Math.min(1, ms / busyMs) : 0),
    perRequest: (ms) => (finished > 0 ? ms / finished : 0),
    costPerRequest: (ms) => (finished > 0 ? (ms / finished) * ranShare : 0),
    perSecond: (count) => (activeMs > 0 ? (count / activeMs) * 1000 : 0),
    line: (site) => lineOf(site, report.process.directory),
  };
}

/** Paths of the program's own, joined where they are of one place and one kind of work. */
export function pathsByPlace(paths: readonly HotPath[]): (HotPath & { readonly at: SiteEntry })[] {
  const joined = new Map<string, HotPath & { readonly at: SiteEntry }>();
  for (const path of paths) {
    const { at } = path;
    if (at === null) continue;
    const key = `${path.work} ${path.calls} ${at.file}:${at.line}`;
    const known = joined.get(key);
    joined.set(key, {
      ...(known ?? path),
      at: known?.at ?? at,
      ms: (known?.ms ?? 0) + path.ms,
      timersMs: (known?.timersMs ?? 0) + path.timersMs,
    });
  }
  return [...joined.values()].toSorted((a, b) => b.ms - a.ms);
}
