// blocked-loop: one place of the program keeps the loop to itself, and all else waits for it.
import type { BlockEntry } from '../report/format.ts';
import type { HotPath, Work } from '../report/recording.ts';
import type { Finding } from '../report/diagnosis.ts';
import type { Disease } from './disease.ts';
import { largeJson } from './large-json.ts';
import { pathsByPlace, type ThreadView } from './thread-view.ts';
import { callersOf, inFunction, number, percent, time } from './wording.ts';

/** Of what the loop does. */
const leastShare = 0.25;
/** Of the time in which requests came. */
const leastOfTime = 0.1;
/** What one request may take of the loop at one place: a thousand such requests a second are all that it can do. */
const leastPerRequestMs = 1;
/** Without requests: who computes keeps nobody waiting, unless there is much of it. */
const leastBusy = 0.5;
const leastBlockedMs = 100;
const leastBlockedShare = 0.05;
/** Some requests cost more than others. */
const crowdFactor = 2;
const mostFindings = 2;
const leastPart = 0.1;
const mostParts = 3;

type Path = ReturnType<typeof pathsByPlace>[number];

const advice: Readonly<Partial<Record<Work, string>>> = {
  'sync crypto':
    'Use the asynchronous form of the function, which runs in a thread of its own, or hash less often (a session or a token in place of the password).',
  'sync compression': 'Use the asynchronous form, or a stream; or compress once and keep the result.',
  'child process': 'Use spawn or execFile without Sync, and await the end of the child.',
  package: 'Look whether the package has an asynchronous form; else call it in a worker thread, or less often.',
};
const ofOwnCode =
  'Do less of it per request (keep results, smaller pieces), or move it to a worker thread: new ThreadExecutor(), or piscina.';

export const blockedLoop: Disease = (view) => {
  const { profile } = view.thread;
  const hot = pathsByPlace(profile?.paths ?? []).filter(({ work }) => work in advice || work === 'javascript');
  const byPath = joinByFunction(hot)
    .filter((path) => isHot(path, view))
    .slice(0, mostFindings)
    .map((path) => findingOf(path, view));
  const places = new Set(byPath.map(({ at }) => at?.function));
  const isExplained = byPath.length > 0 || largeJson(view).length > 0;
  const byBlocks = blocksOf(view, isExplained).filter(({ at }) => !places.has(at?.function));
  return [...byPath, ...byBlocks];
};

/** What a function does, itself and by what it calls: its time is that of all, its place the line with the most. */
interface Place extends Path {
  /** What takes a tenth of it at least, the most first; null is its own code. */
  readonly parts: readonly (string | null)[];
}

function joinByFunction(paths: readonly Path[]): Place[] {
  const joined = Map.groupBy(paths, ({ at: { file, function: name, line } }) => `${file} ${name === '' ? line : name}`);
  return [...joined.values()].map(placeOf).toSorted((a, b) => b.ms - a.ms);
}

/** @param paths those of one function, the one with the most time first */
function placeOf(paths: readonly Path[]): Place {
  const ms = paths.reduce((sum, path) => sum + path.ms, 0);
  const parts = paths.filter((path) => path.ms >= ms * leastPart).map(({ calls }) => calls);
  return { ...(paths[0] as Path), ms, parts: [...new Set(parts)].slice(0, mostParts) };
}

function isHot({ ms }: HotPath, view: ThreadView): boolean {
  if (view.shareOfBusy(ms) < leastShare || ms < view.activeMs * leastOfTime) return false;
  if (view.isServing) return view.costPerRequest(ms) >= leastPerRequestMs;
  return view.utilization >= leastBusy;
}

function findingOf(path: Place, view: ThreadView): Finding {
  const { at, ms, parts, work } = path;
  const share = view.shareOfBusy(ms);
  const what = new Intl.ListFormat('en-GB').format(parts.map((part) => part ?? 'its own code'));
  const each = view.isServing ? `, ${time(view.perRequest(ms))} for each request` : '';
  return {
    disease: 'blocked-loop',
    weight: share * view.utilization,
    verdict: `The loop is ${view.thread.port === null ? 'kept busy' : 'blocked'} by ${what} at ${view.line(at)}${inFunction(at)}: ${percent(share)} of all it does${each}.`,
    evidence: [
      `The loop was busy for ${percent(view.utilization)} of ${time(view.activeMs)}, and for ${time(ms)} of that with this.`,
      ...callersOf(path, view),
      ...delaySentence(view),
    ],
    advice: advice[work] ?? ofOwnCode,
    at,
  };
}

/** How late the loop is for who arrives. */
function delaySentence({ thread }: ThreadView): string[] {
  const late = thread.turns?.delays.findLast(({ share, overMs }) => share >= 0.05 && overMs >= 5);
  return late === undefined
    ? []
    : [`Whatever arrives waits longer than ${time(late.overMs)} for the loop, ${percent(late.share)} of the time.`];
}

/** Long turns that are few: they are no large share of anything, and everybody waits for them. */
function blocksOf(view: ThreadView, isExplained: boolean): Finding[] {
  const { report, turns } = view.thread;
  const hadLongTurns = turns?.delays.some(({ overMs, share }) => overMs === leastBlockedMs && share > 0) === true;
  if (!hadLongTurns) return []; // what was blocked was its start
  return (report.loop?.blocks ?? [])
    .filter((block) => isDisease(block, view) && !(isExplained && isCrowd(block, view)))
    .flatMap((block) => blockFinding(block, view));
}

function isDisease({ count, totalMs, maxMs, gcMs, stack }: BlockEntry, { activeMs }: ThreadView): boolean {
  if (stack.length === 0 || gcMs > totalMs / 2) return false;
  return totalMs >= activeMs * leastBlockedShare && (count > 1 || maxMs >= 1000);
}

/** A turn in which as many requests were answered as there are clients: each cost no more than any other. */
function isCrowd({ maxMs }: BlockEntry, view: ThreadView): boolean {
  const clients = Math.max(view.peakRequests, ...(view.thread.series.handles['TCPSocketWrap'] ?? []));
  return view.isServing && maxMs <= view.perRequest(view.busyMs) * clients * crowdFactor;
}

function blockFinding({ count, totalMs, maxMs, native, stack: [at], now }: BlockEntry, view: ThreadView): Finding[] {
  if (at === undefined) return [];
  const how = now ? `, and still is after ${time(maxMs)}` : '';
  const often = count === 1 ? 'once' : `${number(count)} times`;
  return [
    {
      disease: 'blocked-loop',
      weight: now ? 1 : Math.min(1, 0.3 + totalMs / view.activeMs),
      verdict: `The loop was blocked ${often}, for up to ${time(maxMs)}, by ${native ?? 'its own code'} at ${view.line(at)}${inFunction(at)}${how}.`,
      evidence: [`All together that was ${time(totalMs)} of ${time(view.activeMs)}, in which nothing else ran.`],
      advice: ofOwnCode,
      at,
    },
  ];
}
