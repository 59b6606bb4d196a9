// How many timers wait to call each function: where nobody noted the places at which they were set, this tells what grows.
import type { Site } from '../channels/site.ts';
import { isOwnFile } from '../runtime/call-site.ts';
import { locateFunctions } from './internals.ts';
import { callKey, type Callback } from './timer-calls.ts';
import type { Timer } from './timers.ts';

/** What is counted at each look. */
export interface Look {
  readonly at: number;
  readonly open: number;
}

interface Called {
  readonly kind: 'timeout' | 'interval';
  callback: WeakRef<Callback>;
  open: number;
  readonly seen: Look[];
}

const mostFunctions = 100;
const mostSeen = 60;
/** Fewer are nothing that a rule asks for. */
const fewest = 10;
const called = new Map<string, Called>();

/** Counts them. */
export function countCalled(timers: readonly Timer[], at: number): void {
  for (const each of called.values()) each.open = 0;
  if (timers.length >= fewest) countAll(timers);
  for (const [key, { open, seen }] of called) {
    seen.push({ at, open });
    if (seen.length > mostSeen) seen.shift();
    if (seen.every((look) => look.open < fewest)) called.delete(key);
  }
}

function countAll(timers: readonly Timer[]): void {
  const counts = new Map<string, { open: number; timer: Timer }>();
  for (const timer of timers) {
    const key = callKey(timer);
    const known = key === null ? undefined : counts.get(key);
    if (known !== undefined) known.open++;
    else if (key !== null) counts.set(key, { open: 1, timer });
  }
  for (const [key, { open, timer }] of counts) {
    const callback = new WeakRef(timer._onTimeout as Callback);
    const known = called.get(key);
    if (known !== undefined) Object.assign(known, { open, callback });
    else if (open >= fewest && called.size < mostFunctions) {
      called.set(key, { kind: timer._repeat === null ? 'timeout' : 'interval', callback, open, seen: [] });
    }
  }
}

/** All, wherever their functions are. */
export function calledPlaces(): Iterable<{ readonly open: number }> {
  return called.values();
}

/** Those of the program, by where the function begins that they call. Throws where the inspector cannot be asked. */
export function calledSites(): { kind: Called['kind']; site: Site; open: number; seen: readonly Look[] }[] {
  const all = [...called.values()].flatMap(({ callback, ...each }) => {
    const alive = callback.deref();
    return alive === undefined ? [] : [{ ...each, callback: alive }];
  });
  const sites = locateFunctions(all.map(({ callback }) => callback));
  return all.flatMap(({ kind, callback, open, seen }) => {
    const site = sites.get(callback);
    return site === undefined || site.file.startsWith('node:') || isOwnFile(site.file)
      ? []
      : [{ kind, site, open, seen }];
  });
}
