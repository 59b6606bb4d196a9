// sync-files: files are read or written synchronously while requests wait.
import type { SiteEntry } from '../report/format.ts';
import type { Disease } from './disease.ts';
import { pathsByPlace, type ThreadView } from './thread-view.ts';
import { callersOf, inFunction, number, percent, time } from './wording.ts';

const leastShare = 0.08;
const leastShareAlone = 0.3;
/** Where each request makes such a call, that is enough. */
const leastPerRequest = 0.5;
const leastShareOfEach = 0.03;
/** Of the time in which requests came. */
const leastOfTime = 0.02;
const ofFiles =
  /^(?:read|write|append|open|close|l?stat|fstat|access|exists|mkd|rm|unlink|copy|cp|rename|f?truncate|realpath|f?chmod|f?chown|f?utimes|f?datasync|fsync|symlink|link)\w*Sync$/;

/** One line that calls into the file system: by samples, and as it was counted. */
interface Place {
  readonly at: SiteEntry;
  readonly calls: string;
  readonly ms: number;
  /** Null where it was not counted. */
  readonly count: number | null;
  readonly maxMs: number;
  readonly callers: readonly SiteEntry[];
}

export const syncFiles: Disease = (view) => {
  const places = placesOf(view);
  const all = places.reduce((sum, { ms }) => sum + ms, 0);
  const [worst] = places;
  const share = view.shareOfBusy(all);
  if (worst === undefined || all < view.activeMs * leastOfTime) return [];
  const inEach = view.isServing && (worst.count ?? 0) >= view.requests * leastPerRequest;
  if (share < (inEach ? leastShareOfEach : view.isServing ? leastShare : leastShareAlone)) return [];
  return [
    {
      disease: 'sync-files',
      weight: share * view.utilization,
      verdict: `Too much synchronous I/O: ${worst.calls} at ${view.line(worst.at)}${inFunction(worst.at)} is ${percent(view.shareOfBusy(worst.ms))} of all the loop does.`,
      evidence: [
        ...callsOf(worst, view),
        `Synchronous calls into the file system took ${time(all)} of the ${time(view.busyMs)} in which the loop was busy.`,
        ...callersOf(worst, view),
        ...places.slice(1, 4).map(({ calls, at, ms }) => `Also ${calls} at ${view.line(at)}: ${time(ms)}.`),
      ],
      advice: 'Read what does not change once, at the start, and keep it; for all else use node:fs/promises.',
      at: worst.at,
    },
  ];
};

/** Those with the most time first. */
function placesOf({ thread }: ThreadView): Place[] {
  const places = new Map<string, Place>();
  for (const { work, at, calls, ms, callers } of pathsByPlace(thread.profile?.paths ?? [])) {
    if (work !== 'sync file') continue;
    places.set(`${at.file}:${at.line}`, { at, calls: calls ?? 'a file', ms, count: null, maxMs: 0, callers });
  }
  const entries = (thread.report.history?.blockingCalls?.entries ?? []).filter(({ native }) => ofFiles.test(native));
  // Several calls of one line are one place.
  const counted = Map.groupBy(entries, ({ at }) => (at === null ? '' : `${at.file}:${at.line}`));
  for (const [key, calls] of counted) {
    const [{ at, native }] = calls as [(typeof calls)[number]];
    if (at === null) continue;
    const known = places.get(key);
    const totalMs = calls.reduce((sum, call) => sum + call.totalMs, 0);
    places.set(key, {
      at,
      calls: native,
      ms: Math.max(totalMs, known?.ms ?? 0),
      count: calls.reduce((sum, call) => sum + call.count, 0),
      maxMs: Math.max(...calls.map((call) => call.maxMs)),
      callers: known?.callers ?? [],
    });
  }
  return [...places.values()].toSorted((a, b) => b.ms - a.ms);
}

/** How often it was called, where that was counted. */
function callsOf({ count, maxMs }: Place, view: ThreadView): string[] {
  if (count === null) return [];
  const each = view.isServing ? `, ${number(count / view.requests)} for each request` : '';
  return [`It was called ${number(count)} times${each}; the longest took ${time(maxMs)}.`];
}
