// Where a report finds what is open in this thread.
import type { Site } from '../channels/site.ts';
import type { Reason, SiteEntry } from '../report/format.ts';
import type { HandleReport } from '../report/handles.ts';

/** Lists what is open now. */
export type ReadHandles = (reason: Reason, mapSite: (site: Site) => SiteEntry) => HandleReport | null;

// Reports of all copies of loopscope in a process have it; the number is the version of what it is.
const key = Symbol.for('loopscope.handles@1');
const slot = globalThis as Record<symbol, ReadHandles | undefined>;

/** Sets what lists it. */
export function setHandleSource(read: ReadHandles): void {
  slot[key] = read;
}

/** What is open; null where nobody looks, and at the exit of a process, where nothing is left. */
export function handlesNow(reason: Reason, mapSite: (site: Site) => SiteEntry): HandleReport | null {
  return slot[key]?.(reason, mapSite) ?? null;
}
