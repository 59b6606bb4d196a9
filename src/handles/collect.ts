// What is open in this thread, as the report has it.
import type { Site } from '../channels/site.ts';
import type { SiteEntry } from '../report/format.ts';
import type { HandleEntry, HandleReport } from '../report/handles.ts';
import { isOwnFile } from '../runtime/call-site.ts';
import { now } from '../runtime/clock.ts';
import { taskInContext } from './context-task.ts';
import { creationOf } from './creation.ts';
import { isExact } from './exact.ts';
import { findOpen } from './find.ts';
import { isRefed, type Found } from './found.ts';
import { locateFunctions, whyNoInspector } from './internals.ts';
import { sitesOver } from './sites.ts';
import { findTimers, type Timer } from './timers.ts';

export interface CollectOptions {
  /** Takes a site through source maps. */
  readonly mapSite: (site: Site) => SiteEntry;
  /** Whether the inspector may be asked for timers: not out of an interrupt. */
  readonly timers: boolean;
}

type Callback = NonNullable<Found['callback']>;

const mostEntries = 10_000;
const mostCallbacks = 200;
// What Node itself does beside the program, as closing connections that are idle.
const ofNode = /^node:/;
/** What Node has an interval call in a worker of a cluster: it stands in for a server whose socket is in the primary. */
const ofCluster = Function.prototype as Callback;
// Timers of tasks and the like are the program's, whose function is ours.
const ofProgram = /[\\/](?:(?:primitives|resilience)[\\/]|runners[\\/]callback\.[jt]s$)/;

/** Everything that is open. Never throws: what cannot be looked for is in `unseen`. */
export function collectHandles({ mapSite, timers: withTimers }: CollectOptions): HandleReport {
  const unseen: string[] = [];
  const tryTo = (what: string, find: () => Found[]): Found[] => {
    try {
      return find();
    } catch (error) {
      unseen.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      return [];
    }
  };
  let dropped = 0;
  const open = tryTo('handles', () => findOpen());
  const timers = tryTo('timers', () => {
    const problem = withTimers ? whyNoInspector() : 'the loop is blocked';
    if (problem !== null) throw new Error(problem);
    const found = timersOf(findTimers());
    ({ dropped } = found);
    return found.timers;
  });
  const all = [...open, ...timers].toSorted(byWeight);
  const callbacks = locate(all, unseen);
  const entries: HandleEntry[] = [];
  for (const found of all) {
    const entry = entryOf(found, callbacks, mapSite);
    if (entry === null) continue;
    if (entries.length < mostEntries) entries.push(entry);
    else dropped++;
  }
  return { exact: isExact(), entries, sites: sitesOver(mapSite, withTimers), dropped, unseen };
}

function timersOf({ timers, immediates, now: clock, dropped }: ReturnType<typeof findTimers>): {
  timers: Found[];
  dropped: number;
} {
  return {
    dropped,
    timers: [
      ...timers.map((timer) => timerOf(timer, clock)),
      ...immediates.map((immediate): Found => {
        const refed = isRefed(immediate);
        const { _onImmediate: callback } = immediate;
        return { kind: 'immediate', detail: '', refed, keepsAlive: refed, things: [immediate], ageMs: null, callback };
      }),
    ],
  };
}

function timerOf(timer: Timer, clock: number): Found {
  const { _idleTimeout: delay, _idleStart: start, _repeat: repeat, _onTimeout: callback } = timer;
  const refed = isRefed(timer);
  return {
    kind: repeat === null ? 'timeout' : 'interval',
    detail: repeat === null ? length(delay) : `every ${length(repeat)}`,
    refed,
    keepsAlive: refed,
    things: [timer],
    ageMs: repeat === null ? clock - start : null,
    leftMs: Math.max(0, start + delay - clock),
    callback,
  };
}

/** `250 ms`, `1.5 s`, `10 m`, `24.9 d`. */
function length(milliseconds: number): string {
  const units = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'm'],
    [1000, 's'],
  ] as const;
  const [size, unit] = units.find(([each]) => milliseconds >= each) ?? [1, 'ms'];
  return `${Math.round((milliseconds / size) * 10) / 10} ${unit}`;
}

/** What keeps the process alive first, then what is ref'ed. */
function byWeight(a: Found, b: Found): number {
  return Number(b.keepsAlive) - Number(a.keepsAlive) || Number(b.refed) - Number(a.refed);
}

function locate(all: readonly Found[], unseen: string[]): ReadonlyMap<Callback, Site> {
  const callbacks = new Set(all.map(({ callback }) => callback).filter((each) => typeof each === 'function'));
  try {
    return locateFunctions([...callbacks].slice(0, mostCallbacks));
  } catch (error) {
    unseen.push(`what timers call: ${error instanceof Error ? error.message : String(error)}`);
    return new Map();
  }
}

/** Null for what is loopscope's own, or Node's beside the program. */
function entryOf(
  { kind, detail, refed, keepsAlive, things, ageMs, leftMs, callback }: Found,
  callbacks: ReadonlyMap<Callback, Site>,
  mapSite: (site: Site) => SiteEntry,
): HandleEntry | null {
  const creation = creationOf(...things);
  const called = typeof callback === 'function' ? callbacks.get(callback) : undefined;
  if (creation?.isOwn === true || callback === ofCluster) return null;
  if (called !== undefined && isBesides(called, refed)) return null;
  const site = creation?.site ?? null;
  const through = creation?.through ?? null;
  const since = creation === null || kind === 'incoming' ? ageMs : now() - creation.since;
  return {
    kind,
    detail,
    refed,
    keepsAlive,
    ageMs: since === null ? null : Math.round(since),
    ...(leftMs !== undefined && { leftMs: Math.round(leftMs) }),
    at: site === null ? null : mapSite(site),
    through: through === null ? null : mapSite(through),
    callback: called === undefined || ofNode.test(called.file) || isOwnFile(called.file) ? null : mapSite(called),
    task: creation?.task ?? taskInContext(things[0] ?? {}),
  };
}

function isBesides({ file }: Site, refed: boolean): boolean {
  if (isOwnFile(file)) return !ofProgram.test(file);
  return ofNode.test(file) && (!refed || file === 'node:internal/cluster/child');
}
