// Where a report finds what was gathered of what is over.
import type { Site } from '../channels/site.ts';
import type { SiteEntry } from '../report/format.ts';
import type { HistoryEntry } from '../report/history.ts';

/** Builds what is known now. */
export type ReadHistory = (mapSite: (site: Site) => SiteEntry) => HistoryEntry;

// Reports of all copies of loopscope in a process have it; the number is the version of what it is.
const key = Symbol.for('loopscope.history@1');
const slot = globalThis as Record<symbol, ReadHistory | undefined>;

/** Sets what reads it. */
export function setHistorySource(read: ReadHistory): void {
  slot[key] = read;
}

/** What is known now; null where nobody gathers. */
export function historyNow(mapSite: (site: Site) => SiteEntry): HistoryEntry | null {
  return slot[key]?.(mapSite) ?? null;
}
