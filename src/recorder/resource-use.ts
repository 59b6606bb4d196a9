// How locks, pools, queues and clients are used: waits and holds by resource, as they are published.
import { holdEnded, holdStarted, type Hold, type ResourceRecord } from '../channels/resource.ts';
import type { ResourceStatistics } from '../channels/statistics.ts';
import type { Site } from '../channels/site.ts';
import { waitEnded, waitStarted, type WaitRecord } from '../channels/wait.ts';
import type { SiteEntry } from '../report/format.ts';
import type { ResourceUse } from '../report/recording.ts';
import { now } from '../runtime/clock.ts';
import { subscribe } from '../runtime/subscribe.ts';

const mostResources = 500;
const mostListed = 100;
/** Waits for something that the waiter uses then; all others are the use itself, such as the response of a client. */
const inLine = new Set(['acquire', 'put', 'get', 'start']);

interface Tally {
  readonly resource: WeakRef<ResourceRecord>;
  readonly kind: ResourceUse['kind'];
  readonly name: string;
  readonly site: Site | null;
  size: number | null;
  waits: number;
  waitMs: number;
  maxWaitMs: number;
  waitedAt: Site | null;
  holds: number;
  holdMs: number;
  maxHoldMs: number;
  waiting: number;
  peakWaiting: number;
  held: number;
  peakHeld: number;
  operation: string | null;
}

/** What runs while the use of resources is counted. */
export interface ResourceUses {
  /** Ends it. Those with the most time first, 100 at most. */
  stop(mapSite: (site: Site) => SiteEntry): ResourceUse[];
}

/** Counts from now on. */
export function followResources(): ResourceUses {
  const tallies = new Map<number, Tally>();
  const tallyOf = (resource: ResourceRecord): Tally | null => {
    let tally = tallies.get(resource.id);
    if (tally !== undefined) return tally;
    if (tallies.size >= mostResources) return null;
    const { kind, name, site } = resource;
    const zeros = { waits: 0, waitMs: 0, maxWaitMs: 0, holds: 0, holdMs: 0, maxHoldMs: 0 };
    const peaks = { waiting: 0, peakWaiting: 0, held: 0, peakHeld: 0 };
    const reference = new WeakRef(resource);
    tally = { resource: reference, kind, name, site, size: null, waitedAt: null, operation: null, ...zeros, ...peaks };
    tallies.set(resource.id, tally);
    return tally;
  };
  const begin = ({ on, kind }: WaitRecord): void => {
    const tally = resourceOf(on) === null ? null : tallyOf(on as ResourceRecord);
    if (tally === null) return;
    if (inLine.has(kind)) tally.peakWaiting = Math.max(tally.peakWaiting, ++tally.waiting);
    else tally.peakHeld = Math.max(tally.peakHeld, ++tally.held);
  };
  const end = (wait: WaitRecord): void => {
    const tally = resourceOf(wait.on) === null ? null : tallyOf(wait.on as ResourceRecord);
    if (tally === null) return;
    const tookMs = now() - wait.since;
    if (inLine.has(wait.kind)) {
      tally.waiting = Math.max(0, tally.waiting - 1);
      tally.waits++;
      tally.waitMs += tookMs;
      if (tookMs < tally.maxWaitMs) return;
      tally.maxWaitMs = tookMs;
    } else {
      tally.held = Math.max(0, tally.held - 1);
      addHold(tally, tookMs);
      if (tookMs < tally.maxHoldMs) return;
      tally.operation = (wait as { readonly operation?: string }).operation ?? tally.operation;
    }
    tally.waitedAt = wait.site ?? tally.waitedAt;
  };
  const take = ({ resource }: Hold): void => {
    const tally = tallyOf(resource);
    if (tally !== null) tally.peakHeld = Math.max(tally.peakHeld, ++tally.held);
  };
  const giveBack = ({ resource, since }: Hold): void => {
    const tally = tallyOf(resource);
    if (tally === null) return;
    tally.held = Math.max(0, tally.held - 1);
    addHold(tally, now() - since);
  };
  const subscriptions = [
    subscribe(waitStarted, begin),
    subscribe(waitEnded, end),
    subscribe(holdStarted, take),
    subscribe(holdEnded, giveBack),
  ];
  return {
    stop(mapSite) {
      for (const unsubscribe of subscriptions) unsubscribe();
      return [...tallies.values()]
        .toSorted((a, b) => b.waitMs + b.holdMs - a.waitMs - a.holdMs)
        .slice(0, mostListed)
        .map((tally) => entryOf(tally, mapSite));
    },
  };
}

function addHold(tally: Tally, tookMs: number): void {
  tally.holds++;
  tally.holdMs += tookMs;
  tally.maxHoldMs = Math.max(tally.maxHoldMs, tookMs);
}

/** Tasks have an origin, resources a kind of their own. */
function resourceOf(on: WaitRecord['on']): ResourceRecord | null {
  return on !== null && 'kind' in on ? on : null;
}

function entryOf(tally: Tally, mapSite: (site: Site) => SiteEntry): ResourceUse {
  const {
    resource,
    site,
    waitedAt,
    waiting: _waiting,
    held: _held,
    waitMs,
    maxWaitMs,
    holdMs,
    maxHoldMs,
    ...rest
  } = tally;
  const live = resource.deref();
  return {
    ...rest,
    size: live === undefined ? null : sizeOf(live.statistics()),
    createdAt: site === null ? null : mapSite(site),
    waitedAt: waitedAt === null ? null : mapSite(waitedAt),
    waitMs: rounded(waitMs),
    maxWaitMs: rounded(maxWaitMs),
    holdMs: rounded(holdMs),
    maxHoldMs: rounded(maxHoldMs),
  };
}

function sizeOf(statistics: ResourceStatistics): number | null {
  switch (statistics.kind) {
    case 'pool':
      return statistics.most;
    case 'lock':
    case 'semaphore':
      return statistics.permits;
    case 'executor':
      return statistics.mostWorkers;
    case 'limiter':
      return statistics.windowMs === null ? statistics.limit : null;
    default:
      return null;
  }
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
