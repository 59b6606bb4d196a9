// How late the intervals of the program fire. Node keeps when each was set again: a timer of our own that is due a millisecond
// later reads it, for one tick of each interval now and then. Nothing of the program is touched.
import type { Site } from '../channels/site.ts';
import type { SiteEntry } from '../report/format.ts';
import type { IntervalEntry, Remembered } from '../report/history.ts';
import { isOwnFile } from '../runtime/call-site.ts';
import { setTimeout } from '../runtime/real-timers.ts';
import { creationOf } from './creation.ts';
import { locateFunctions } from './internals.ts';
import { callKey, type Callback } from './timer-calls.ts';
import type { Timer, Timers } from './timers.ts';

interface Interval {
  readonly everyMs: number;
  callback: WeakRef<Callback>;
  /** Where one was set; null where nobody noted that. */
  site: Site | null;
  /** Of the last ticks that were looked at, in milliseconds. */
  readonly late: number[];
  ticks: number;
}

const mostIntervals = 200;
const mostAtOnce = 50;
const mostKept = 60;
/** Fewer ticks say nothing. */
const fewestTicks = 5;
/** What a rule may warn of. */
const leastLateMs = 20;
const longestWaitMs = 120_000;
// One after the other.
const ticksAtOnce = 3;
const longestToFollowMs = 500;
const intervals = new Map<string, Interval>();
const awaited = new WeakSet<Timer>();
let underWay = 0;

/** Looks at the next tick of intervals. */
export function watchIntervals({ timers, now }: Pick<Timers, 'timers' | 'now'>): void {
  for (const timer of timers) {
    if (underWay >= mostAtOnce) return;
    const { _repeat: everyMs, _idleStart: start } = timer;
    if (everyMs === null || everyMs < 2 || awaited.has(timer) || start + everyMs - now > longestWaitMs) continue;
    const interval = intervalOf(timer, everyMs);
    if (interval !== null) lookAtTick(new WeakRef(timer), interval, now, ticksAtOnce);
  }
}

function intervalOf(timer: Timer, everyMs: number): Interval | null {
  const callback = timer._onTimeout;
  const call = callKey(timer);
  const creation = creationOf(timer);
  if (callback === null || call === null || creation?.isOwn === true) return null;
  const key = `${everyMs} ${call}`;
  let interval = intervals.get(key);
  if (interval === undefined) {
    if (intervals.size >= mostIntervals) return null;
    interval = { everyMs, callback: new WeakRef(callback), site: null, late: [], ticks: 0 };
    intervals.set(key, interval);
  }
  interval.callback = new WeakRef(callback);
  interval.site ??= creation?.site ?? null;
  return interval;
}

/** A timer that is due later runs after it, however late both are; and before its next tick. */
function lookAtTick(reference: WeakRef<Timer>, interval: Interval, now: number, ticks: number): void {
  const timer = reference.deref();
  if (timer === undefined) return;
  const { everyMs, late } = interval;
  const due = timer._idleStart + everyMs;
  awaited.add(timer);
  underWay++;
  setTimeout(
    () => {
      underWay--;
      const fired = reference.deref();
      if (fired === undefined) return;
      awaited.delete(fired);
      const { _idleStart: at, _repeat: repeat } = fired;
      if (repeat !== everyMs || at < due) return; // cleared, or set anew
      interval.ticks++;
      if (late.push(at - due) > mostKept) late.shift();
      if (ticks > 1 && everyMs < longestToFollowMs) lookAtTick(reference, interval, at, ticks - 1);
    },
    Math.max(due - now, 0) + 1,
  ).unref();
}

function middleOf(late: readonly number[]): number {
  return late.toSorted((a, b) => a - b)[Math.floor(late.length / 2)] ?? 0;
}

/** Whether one is late as a rule. */
export function areLate(): boolean {
  return [...intervals.values()].some(({ late }) => late.length >= fewestTicks && middleOf(late) >= leastLateMs);
}

/** Those of the program that were looked at often enough, and of which it is known where they are. */
export function readIntervals(mapSite: (site: Site) => SiteEntry): Remembered<IntervalEntry> {
  const known = [...intervals.values()].filter(({ late }) => late.length >= fewestTicks);
  const callbacks = known.map(({ callback }) => callback.deref());
  const sites = locate(callbacks.filter((callback) => callback !== undefined));
  const entries = known.flatMap(({ everyMs, site, late, ticks }, index): IntervalEntry[] => {
    const callback = callbacks[index];
    const called = callback === undefined ? undefined : sites.get(callback);
    const isBesides = called !== undefined && (called.file.startsWith('node:') || isOwnFile(called.file));
    if (isBesides || (called === undefined && site === null)) return [];
    return [
      {
        everyMs,
        at: site === null ? null : mapSite(site),
        calls: called === undefined ? null : mapSite(called),
        ticks,
        late: { p50Ms: middleOf(late), maxMs: Math.max(...late) },
      },
    ];
  });
  return { entries, dropped: 0 };
}

/** Empty where the inspector cannot be asked. */
function locate(callbacks: readonly Callback[]): ReadonlyMap<Callback, Site> {
  try {
    return locateFunctions(callbacks);
  } catch {
    return new Map();
  }
}
