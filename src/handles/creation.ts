// Where, when and in which task things were made that may stay open: kept beside them, and no longer than they live.
import type { Site } from '../channels/site.ts';
import { readPlaces, type Places } from '../runtime/call-site.ts';
import { now } from '../runtime/clock.ts';
import { currentTask } from '../runtime/context.ts';

export interface Creation {
  /** On the runtime clock. */
  readonly since: number;
  /** In the application; null where only a library or Node was there. */
  readonly site: Site | null;
  /** The library that made it for the application. */
  readonly through: Site | null;
  readonly task: { readonly id: number; readonly name: string } | null;
  /** Loopscope made it for itself. */
  readonly isOwn: boolean;
}

const creations = new WeakMap<WeakKey, Creation>();
const windowMs = 250;
const placesPerWindow = 50;
const nowhere: Places = { site: null, through: null, isOwn: false };
let windowStart = -Infinity;
let taken = 0;
let running: (() => WeakKey) | null = null;

/**
 * From now on the place of everything is noted.
 * @param current what runs now, as `executionAsyncResource` says
 */
export function noteAll(current: (() => WeakKey) | null): void {
  running = current;
}

/** Notes where something is made: now, by whoever leads to this call. 200 places a second are read, later ones have none; unless all are noted. */
export function noteRationed(thing: WeakKey): Creation {
  if (running !== null) return noteExactly(thing, running());
  const since = now();
  if (since - windowStart >= windowMs) {
    windowStart = since;
    taken = 0;
  }
  return note(thing, since, taken++ < placesPerWindow ? readPlaces() : nowhere, null);
}

/**
 * The same, and always with a place.
 * @param parent what runs now, whose place it is where Node alone leads to this call
 */
export function noteExactly(thing: WeakKey, parent: WeakKey | null): Creation {
  return note(thing, now(), readPlaces(), parent);
}

function note(thing: WeakKey, since: number, places: Places, parent: WeakKey | null): Creation {
  const { site, through, isOwn } = places;
  const task = currentTask();
  const isOfLibrary = site === through; // there is no frame of the application
  const from = isOfLibrary && !isOwn && parent !== null ? creations.get(parent) : undefined;
  const creation: Creation = {
    since,
    site: isOfLibrary ? (from?.site ?? null) : site,
    through: through ?? from?.through ?? null,
    task: task === null ? null : { id: task.id, name: task.origin.name },
    isOwn: isOwn || from?.isOwn === true,
  };
  creations.set(thing, creation);
  return creation;
}

/** Whether this is no thing, but what is known of one: where a number stands for it, which can have nothing beside it. */
function isCreation(thing: object): thing is Creation {
  return 'isOwn' in thing && 'through' in thing;
}

/** What is known of the first of these of which anything is. */
export function creationOf(...things: readonly unknown[]): Creation | null {
  for (const thing of things) {
    if (typeof thing !== 'object' || thing === null) continue;
    const creation = creations.get(thing) ?? (isCreation(thing) ? thing : undefined);
    if (creation !== undefined) return creation;
  }
  return null;
}
