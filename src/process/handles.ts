// What is open in this thread: from the start on it is noted where things are made, and every report lists them.
import type { Site } from '../channels/site.ts';
import { listenToNode } from '../handles/announced.ts';
import { watchFileHandles } from '../handles/opened.ts';
import type { SiteEntry } from '../report/format.ts';
import type { HandleReport } from '../report/handles.ts';
import type { HistoryEntry } from '../report/history.ts';
import { now } from '../runtime/clock.ts';
import { complain } from '../runtime/complain.ts';
import { load } from '../runtime/load.ts';
import { setTimeout } from '../runtime/real-timers.ts';
import { beforeEvent } from './events.ts';
import { setHandleSource } from './handle-source.ts';

const lookEveryMs = 2000;
// Of all time, for looks.
const mostShare = 0.005;

export interface HandleOptions {
  /** Whether the place of everything is noted, and not only of what Node announces. */
  readonly exact: boolean;
  /** Whether reports at the exit list what is open, too. */
  readonly atExit: boolean;
  /** Whether what is open is counted now and then, for rules to tell what grows, and what is late. */
  readonly counts: boolean;
}

let isInterrupt = false;

/** While `act` runs, out of an interrupt of the engine, the inspector is not asked: it has asked us. */
export function inInterrupt<Result>(act: () => Result): Result {
  isInterrupt = true;
  try {
    return act();
  } finally {
    isInterrupt = false;
  }
}

/** Begins. What fails is said in one line, and all else goes on. */
export function startHandles({ exact, atExit, counts }: HandleOptions): void {
  try {
    listenToNode();
    watchFileHandles();
    if (exact) (load(import.meta.url, '../handles/exact') as typeof import('../handles/exact.ts')).startExact();
  } catch (error) {
    complain('where handles are made is not known', error);
  }
  setHandleSource((reason, mapSite) => {
    if (reason === 'exit' && !atExit) return sitesAtExit(mapSite);
    const { collectHandles } = load(import.meta.url, '../handles/collect') as typeof import('../handles/collect.ts');
    return collectHandles({ mapSite, timers: !isInterrupt });
  });
  if (counts) lookAgain(lookEveryMs);
  for (const event of ['warning', 'uncaughtExceptionMonitor']) {
    beforeEvent(event, (said) => {
      const { message } = (said instanceof Error ? said : {}) as Partial<Error>;
      if (message?.includes('garbage collection') !== true) return;
      const { noteLostFile } = load(
        import.meta.url,
        '../handles/lost-files',
      ) as typeof import('../handles/lost-files.ts');
      noteLostFile(message);
      hasLostFiles = true;
    });
  }
}

let hasLostFiles = false;
let hasLooked = false;

/** What was counted while the program ran; null where that is nothing. */
function sitesAtExit(mapSite: (site: Site) => SiteEntry): HandleReport | null {
  if (!hasLooked) return null;
  const { hasMany, onlySites } = load(import.meta.url, '../handles/sites') as typeof import('../handles/sites.ts');
  return hasMany() ? onlySites(mapSite) : null;
}

/** Whether rules may have something to say of files that were lost, of intervals, or of what grows. */
export function areHandlesRemarkable(): boolean {
  if (hasLostFiles || !hasLooked) return hasLostFiles;
  const { areLate } = load(import.meta.url, '../handles/intervals') as typeof import('../handles/intervals.ts');
  const { hasMany } = load(import.meta.url, '../handles/sites') as typeof import('../handles/sites.ts');
  return areLate() || hasMany();
}

/** What a report remembers of them. */
export function handleHistory(mapSite: (site: Site) => SiteEntry): Pick<HistoryEntry, 'lostFiles' | 'intervals'> {
  return {
    ...(hasLostFiles && { lostFiles: lostNow(mapSite) }),
    ...(hasLooked && !isInterrupt && { intervals: intervalsNow(mapSite) }),
  };
}

function lostNow(mapSite: (site: Site) => SiteEntry): NonNullable<HistoryEntry['lostFiles']> {
  const { readLostFiles } = load(import.meta.url, '../handles/lost-files') as typeof import('../handles/lost-files.ts');
  return readLostFiles(mapSite);
}

function intervalsNow(mapSite: (site: Site) => SiteEntry): NonNullable<HistoryEntry['intervals']> {
  const { readIntervals } = load(import.meta.url, '../handles/intervals') as typeof import('../handles/intervals.ts');
  return readIntervals(mapSite);
}

// The first looks load what they need.
const took = [0];
const tookKept = 5;

/** Counts what is open at each place, now and then: less often where that takes longer. */
function lookAgain(delayMs: number): void {
  setTimeout(() => {
    try {
      const begin = now();
      const { lookAtSites } = load(import.meta.url, '../handles/sites') as typeof import('../handles/sites.ts');
      lookAtSites();
      hasLooked = true;
      // The shortest of some: others may have waited for a processor.
      if (took.unshift(now() - begin) > tookKept) took.pop();
      lookAgain(Math.max(lookEveryMs, Math.min(...took) / mostShare));
    } catch (error) {
      complain('what stays open is not counted any more', error);
    }
  }, delayMs).unref();
}
