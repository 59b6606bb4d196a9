// gc-pressure: so much is allocated that the garbage collector takes a large part of the time.
import type { SiteEntry } from '../report/format.ts';
import type { Disease } from './disease.ts';
import { pathsByPlace, type ThreadView } from './thread-view.ts';
import { bytes, inFunction, number, percent, time } from './wording.ts';

const leastShare = 0.15;
const leastPerRequestMs = 0.3;
/** Of the time in which requests came. */
const leastOfTime = 0.08;
/** Less does not keep a collector busy: it is the machine that is. */
const leastBytesPerSecond = 50e6;

export const gcPressure: Disease = (view) => {
  const { profile, allocations, gc } = view.thread;
  const [site] = allocations?.sites ?? [];
  if (profile === null || site === undefined || allocations === null) return [];
  const share = view.shareOfBusy(profile.gcMs);
  if (share < leastShare || profile.gcMs < view.activeMs * leastOfTime) return [];
  if (view.perSecond(allocations.bytes) < leastBytesPerSecond) return [];
  if (view.isServing && view.costPerRequest(profile.gcMs) < leastPerRequestMs) return [];
  const { at, ms } = allocatingLine(site.at, view);
  const each = view.isServing ? `, ${bytes(allocations.bytes / view.requests)} for each request` : '';
  return [
    {
      disease: 'gc-pressure',
      // who allocates is busy with that, too
      weight: Math.min(1, share + view.shareOfBusy(ms)) * view.utilization,
      verdict: `Garbage collection takes ${percent(share)} of all the loop does: most is allocated at ${view.line(at)}${inFunction(at)}.`,
      evidence: [
        `${bytes(allocations.bytes)} were allocated in ${time(view.activeMs)}${each}, and ${percent(site.bytes / allocations.bytes)} of that there.`,
        ...(gc === null
          ? []
          : [`${number(gc.count)} collections stopped the loop, the longest for ${time(gc.maxMs)}.`]),
        ...allocations.sites
          .slice(1, 3)
          .map((other) => `Also ${view.line(other.at)}${inFunction(other.at)}: ${bytes(other.bytes)}.`),
      ],
      advice:
        'Make fewer objects there: keep and reuse results, work on pieces rather than on whole lists, use typed arrays for numbers.',
      at,
    },
  ];
};

/** Of a function that allocates only its beginning is known; its own code's busiest line is the better place. */
function allocatingLine(site: SiteEntry, view: ThreadView): { at: SiteEntry; ms: number } {
  const own = pathsByPlace(view.thread.profile?.paths ?? []).filter(
    ({ work, at }) => work === 'javascript' && at.file === site.file && isSameFunction(at, site),
  );
  return { at: own[0]?.at ?? site, ms: own.reduce((sum, { ms }) => sum + ms, 0) };
}

function isSameFunction(a: SiteEntry, b: SiteEntry): boolean {
  return a.function === b.function && (a.function !== '' || Math.abs(a.line - b.line) < 50);
}
