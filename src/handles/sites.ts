// How many are open of what was made at each place, looked at now and then: what grows without end shows so.
import type { Site } from '../channels/site.ts';
import type { SiteEntry } from '../report/format.ts';
import type { HandleKind, HandleSiteEntry } from '../report/handles.ts';
import { now } from '../runtime/clock.ts';
import { creationOf, type Creation } from './creation.ts';
import { lostAt } from './opened.ts';
import { findTimers } from './timers.ts';
import { isExact } from './exact.ts';
import { findOpen } from './find.ts';
import type { Found } from './found.ts';
import { whyNoInspector } from './internals.ts';

interface Place {
  readonly kind: HandleKind;
  readonly site: Site;
  readonly through: Site | null;
  open: number;
  readonly seen: { readonly at: number; readonly open: number }[];
  lost: number;
}

const mostPlaces = 200;
const mostSeen = 60;
const places = new Map<string, Place>();

/** Counts what is open, by place. */
export function lookAtSites(): void {
  const at = now();
  for (const place of places.values()) place.open = 0;
  for (const { kind, things } of openOf(isExact())) {
    const place = placeOf(kind, creationOf(...things));
    if (place !== null) place.open++;
  }
  for (const { open, seen } of places.values()) {
    seen.push({ at, open });
    if (seen.length > mostSeen) seen.shift();
  }
}

/** Timers have places only where all is noted. */
function* openOf(withTimers: boolean): Generator<Pick<Found, 'kind' | 'things'>> {
  yield* findOpen(true);
  if (!withTimers || whyNoInspector() !== null) return;
  for (const timer of findTimers().timers) {
    yield { kind: timer._repeat === null ? 'timeout' : 'interval', things: [timer] };
  }
}

/** The garbage collector closed a file, because the program had lost it open. */
export function noteLostFile(descriptor: number): void {
  const place = placeOf('file', lostAt(descriptor));
  if (place !== null) place.lost++;
}

function placeOf(kind: HandleKind, creation: Creation | null): Place | null {
  const site = creation?.site ?? creation?.through;
  if (creation === null || site === null || site === undefined || creation.isOwn) return null;
  const key = `${kind} ${site.file}:${site.line}:${site.column}`;
  let place = places.get(key);
  if (place === undefined) {
    if (places.size >= mostPlaces) return null;
    place = { kind, site, through: creation.through, open: 0, seen: [], lost: 0 };
    places.set(key, place);
  }
  return place;
}

/** By place, those with the most open first. */
export function sitesOver(mapSite: (site: Site) => SiteEntry): HandleSiteEntry[] {
  const at = now();
  return [...places.values()]
    .filter(({ open, lost, seen }) => open > 0 || lost > 0 || seen.some(({ open: then }) => then > 0))
    .toSorted((a, b) => b.open - a.open)
    .map(({ kind, site, through, open, seen, lost }) => ({
      kind,
      at: mapSite(site),
      through: through === null ? null : mapSite(through),
      open,
      seen: seen.map(({ at: then, open: number }) => ({ agoMs: Math.round(at - then), open: number })),
      lost,
    }));
}
