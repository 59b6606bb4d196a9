// How many are open of what was made at each place, looked at now and then: what grows without end shows so.
import type { Site } from '../channels/site.ts';
import type { SiteEntry } from '../report/format.ts';
import type { HandleKind, HandleReport, HandleSiteEntry } from '../report/handles.ts';
import { now } from '../runtime/clock.ts';
import { creationOf, type Creation } from './creation.ts';
import { openFileHandles } from './opened.ts';
import { calledPlaces, calledSites, countCalled, type Look } from './called-sites.ts';
import { watchIntervals } from './intervals.ts';
import { findTimers, type Timer } from './timers.ts';
import { isExact } from './exact.ts';
import { findOpen } from './find.ts';
import type { Found } from './found.ts';
import { whyNoInspector } from './internals.ts';

interface Place {
  readonly kind: HandleKind;
  readonly site: Site;
  readonly through: Site | null;
  open: number;
  readonly seen: Look[];
}

const mostPlaces = 200;
const mostSeen = 60;
const many = 50;
const places = new Map<string, Place>();

/** Counts what is open, by place, and looks at intervals. */
export function lookAtSites(): void {
  const at = now();
  const timers = whyNoInspector() === null ? findTimers() : null;
  for (const place of places.values()) place.open = 0;
  for (const { kind, things } of isExact() ? openExactly(timers?.timers ?? []) : openAnnounced()) {
    const place = placeOf(kind, creationOf(...things));
    if (place !== null) place.open++;
  }
  for (const { open, seen } of places.values()) {
    seen.push({ at, open });
    if (seen.length > mostSeen) seen.shift();
  }
  if (timers === null) return;
  if (!isExact()) countCalled(timers.timers, at);
  watchIntervals(timers);
}

type Open = Pick<Found, 'kind' | 'things'>;

function* openExactly(timers: readonly Timer[]): Generator<Open> {
  yield* findOpen(true);
  for (const timer of timers) yield { kind: timer._repeat === null ? 'timeout' : 'interval', things: [timer] };
}

/** Of files FileHandles alone have places, and of timers none has. */
function* openAnnounced(): Generator<Open> {
  yield* findOpen(true);
  for (const creation of openFileHandles()) yield { kind: 'file', things: [creation] };
}

function placeOf(kind: HandleKind, creation: Creation | null): Place | null {
  const site = creation?.site ?? creation?.through;
  if (creation === null || site === null || site === undefined || creation.isOwn) return null;
  const key = `${kind} ${site.file}:${site.line}:${site.column}`;
  let place = places.get(key);
  if (place === undefined) {
    if (places.size >= mostPlaces) return null;
    place = { kind, site, through: creation.through, open: 0, seen: [] };
    places.set(key, place);
  }
  return place;
}

/**
 * By place, those with the most open first.
 * @param mayAsk whether the inspector may be asked where functions are
 */
export function sitesOver(mapSite: (site: Site) => SiteEntry, mayAsk: boolean): HandleSiteEntry[] {
  const at = now();
  const made = [...places.values()].filter(({ open, seen }) => open > 0 || seen.some(({ open: then }) => then > 0));
  const called = mayAsk && whyNoInspector() === null ? calledSites() : [];
  return [
    ...made.map((place) => entryOf(place, place.through, at, mapSite)),
    ...called.map((place) => Object.assign(entryOf(place, null, at, mapSite), { isCalled: true as const })),
  ].toSorted((a, b) => b.open - a.open);
}

function entryOf(
  { kind, site, open, seen }: Pick<Place, 'kind' | 'site' | 'open'> & { readonly seen: readonly Look[] },
  through: Site | null,
  at: number,
  mapSite: (site: Site) => SiteEntry,
): HandleSiteEntry {
  return {
    kind,
    at: mapSite(site),
    through: through === null ? null : mapSite(through),
    open,
    seen: seen.map(({ at: then, open: number }) => ({ agoMs: Math.round(at - then), open: number })),
  };
}

/** Whether there are so many of one place that a rule may ask. */
export function hasMany(): boolean {
  return [...places.values(), ...calledPlaces()].some(({ open }) => open >= many);
}

/** At the end, when nothing is open any more: what was counted before. */
export function onlySites(mapSite: (site: Site) => SiteEntry): HandleReport {
  return { exact: isExact(), entries: [], sites: sitesOver(mapSite, true), dropped: 0, unseen: [] };
}
