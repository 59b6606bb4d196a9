// How often what failed was tried again, in all and by the minute.
import type { TaskRecord } from '../../channels/task.ts';
import type { Site } from '../../channels/site.ts';
import type { SiteEntry } from '../../report/format.ts';
import type { Remembered, RetryHistoryEntry } from '../../report/history.ts';
import { Book } from './book.ts';

const windowMs = 10_000;
const windows = 6;
// What a rule may warn of: fewer are usual.
const fewestRetries = 20;

interface Counts {
  attempts: number;
  retries: number;
}

interface Tally {
  readonly name: string;
  readonly site: Site | null;
  readonly all: Counts;
  /** A ring of the last minute. */
  readonly recent: Counts[];
  /** Number of the window that is counted in. */
  window: number;
  busiest: Counts;
}

/** Keeps them. */
export class RetryHistory {
  readonly #book = new Book<Tally>();
  get isRemarkable(): boolean {
    return [...this.#book.values()].some(({ all }) => all.retries >= fewestRetries);
  }

  read(mapSite: (site: Site) => SiteEntry): Remembered<RetryHistoryEntry> {
    return this.#book.read((tally) => ({
      name: tally.name,
      createdAt: tally.site === null ? null : mapSite(tally.site),
      ...tally.all,
      minute: { ...busier(sum(tally.recent), tally.busiest) },
    }));
  }

  /** An attempt begins. */
  note({ origin: { name, site }, createdAt, parent, progress }: TaskRecord): void {
    const window = Math.floor(createdAt / windowMs);
    const tally = this.#book.open(name, () => newTally(name, parent?.origin.site ?? site, window));
    if (tally === null) return;
    const attempt = (progress ?? parent?.progress)?.attempt ?? 1;
    turnTo(tally, window);
    for (const counts of [tally.all, tally.recent[window % windows] as Counts]) {
      counts.attempts++;
      if (attempt > 1) counts.retries++;
    }
  }
}

function newTally(name: string, site: Site | null, window: number): Tally {
  return { name, site, all: none(), recent: Array.from({ length: windows }, none), window, busiest: none() };
}

/** What was counted a minute ago makes room. */
function turnTo(tally: Tally, window: number): void {
  if (window === tally.window) return;
  tally.busiest = busier(sum(tally.recent), tally.busiest);
  for (let each = Math.max(tally.window + 1, window - windows + 1); each <= window; each++) {
    tally.recent[each % windows] = none();
  }
  tally.window = window;
}

function none(): Counts {
  return { attempts: 0, retries: 0 };
}

function sum(all: readonly Counts[]): Counts {
  return all.reduce(
    (total, { attempts, retries }) => ({ attempts: total.attempts + attempts, retries: total.retries + retries }),
    none(),
  );
}

function busier(a: Counts, b: Counts): Counts {
  return b.retries > a.retries ? b : a;
}
