// Operations by sort and line: what is kept of each that was followed. A stack is read for one of so many, each of which
// then stands for so many.
import type { Site } from '../channels/site.ts';
import type { SiteEntry } from '../report/format.ts';
import type { OperationEntry } from '../report/recording.ts';

const mostGroups = 1000;
const mostListed = 100;
const mostPoints = 60;

/** All operations of one sort that began at one line. */
export interface OperationGroup {
  readonly type: string;
  readonly site: Site | null;
  count: number;
  runs: number;
  waitingMs: number;
  onLoopMs: number;
  open: number;
  peak: number;
  concurrency: number[];
  readonly parents: Map<OperationGroup, number>;
}

/** The groups, and their points in time. */
export class OperationGroups {
  readonly #groups = new Map<string, OperationGroup>();
  #points = 0;
  #ticks = 0;
  #ticksPerPoint = 1;
  dropped = 0;

  /** The group of an operation; null where there are too many. */
  of(type: string, site: Site | null, weight: number): OperationGroup | null {
    const key = site === null ? type : `${type} ${site.file}:${site.line}:${site.column}`;
    let group = this.#groups.get(key);
    if (group !== undefined) return group;
    if (this.#groups.size >= mostGroups) {
      this.dropped += weight;
      return null;
    }
    const zeros = { count: 0, runs: 0, waitingMs: 0, onLoopMs: 0, open: 0, peak: 0 };
    const concurrency = Array.from({ length: this.#points }, () => 0);
    group = { type, site, ...zeros, concurrency, parents: new Map() };
    this.#groups.set(key, group);
    return group;
  }

  /** Another point in time. */
  tick(): void {
    if (this.#ticks++ % this.#ticksPerPoint !== 0) return;
    for (const { concurrency, open } of this.#groups.values()) concurrency.push(open);
    if (++this.#points < mostPoints) return;
    this.#points /= 2;
    this.#ticksPerPoint *= 2;
    for (const group of this.#groups.values())
      group.concurrency = group.concurrency.filter((_, index) => index % 2 === 0);
  }

  clear(): void {
    this.#groups.clear();
    this.#points = 0;
    this.dropped = 0;
  }

  /** Those with the most time waiting first. */
  entries(mapSite: (site: Site) => SiteEntry): OperationEntry[] {
    return [...this.#groups.values()]
      .toSorted((a, b) => b.waitingMs + b.onLoopMs - a.waitingMs - a.onLoopMs)
      .slice(0, mostListed)
      .map((group) => entryOf(group, mapSite));
  }
}

function entryOf(group: OperationGroup, mapSite: (site: Site) => SiteEntry): OperationEntry {
  const { type, site, parents, waitingMs, onLoopMs, ...counts } = group;
  const [parent] = [...parents].toSorted(([, a], [, b]) => b - a)[0] ?? [];
  const place = (at: Site | null): SiteEntry | null => (at === null ? null : mapSite(at));
  return {
    type,
    at: place(site),
    ...counts,
    waitingMs: Math.round(waitingMs * 100) / 100,
    onLoopMs: Math.round(onLoopMs * 100) / 100,
    parent: parent === undefined ? null : { type: parent.type, at: place(parent.site) },
  };
}
