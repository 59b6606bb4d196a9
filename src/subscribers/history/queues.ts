// How full queues were, twice a second while there are any. They are held weakly: what is gone is forgotten.
import { resourceCreated, type ResourceRecord } from '../../channels/resource.ts';
import type { QueueStatistics } from '../../channels/statistics.ts';
import type { Site } from '../../channels/site.ts';
import type { SiteEntry } from '../../report/format.ts';
import type { QueueHistoryEntry, Remembered } from '../../report/history.ts';
import { subscribe } from '../../runtime/subscribe.ts';
import { outside } from '../../runtime/outside.ts';

// Taken at import: fake timers are the program's.
const { setInterval, clearInterval } = globalThis;
const everyMs = 500;
const kept = 60;
// It may have grown as often.
const fewestLooks = 8;
const most = 200;

type Look = Pick<QueueStatistics, 'put' | 'taken'> & { readonly depth: number };

interface Followed {
  readonly queue: WeakRef<ResourceRecord>;
  looks: Look[];
}

/** Looks at queues until it is stopped. */
export class QueueHistory {
  #followed: Followed[] = [];
  #dropped = 0;
  #timer: NodeJS.Timeout | null = null;
  readonly #everyMs: number;
  readonly #end: () => void;

  /** @param every milliseconds from one look to the next */
  constructor(every: number = everyMs) {
    this.#everyMs = every;
    this.#end = subscribe(resourceCreated, (resource) => {
      if (resource.kind === 'queue') this.#follow(resource);
    });
  }

  /** Something is in a queue, and was for seconds. */
  get isRemarkable(): boolean {
    return this.#followed.some(({ looks }) => looks.length > fewestLooks && (looks.at(-1)?.depth ?? 0) > 0);
  }

  read(mapSite: (site: Site) => SiteEntry): Remembered<QueueHistoryEntry> {
    const entries: QueueHistoryEntry[] = [];
    for (const { queue: reference, looks } of this.#followed) {
      const queue = reference.deref();
      const [first, last] = [looks[0], looks.at(-1)];
      if (queue === undefined || first === undefined || last === undefined) continue;
      const { id, name, site } = queue;
      entries.push({
        id,
        name,
        createdAt: site === null ? null : mapSite(site),
        capacity: statisticsOf(queue)?.capacity ?? null,
        everyMs: this.#everyMs,
        depths: looks.map(({ depth }) => depth),
        put: last.put - first.put,
        taken: last.taken - first.taken,
      });
    }
    return { entries, dropped: this.#dropped };
  }

  stop(): void {
    this.#end();
    this.#followed = [];
    this.#rest();
  }

  #follow(queue: ResourceRecord): void {
    if (this.#followed.length >= most) this.#followed = this.#followed.filter(isThere);
    if (this.#followed.length >= most) {
      this.#dropped++;
      return;
    }
    this.#followed.push({ queue: new WeakRef(queue), looks: [] });
    this.#timer ??= outside(() => setInterval(() => this.#look(), this.#everyMs).unref());
  }

  #look(): void {
    this.#followed = this.#followed.filter(isThere);
    if (this.#followed.length === 0) this.#rest();
    for (const each of this.#followed) {
      const queue = each.queue.deref();
      const statistics = queue === undefined ? null : statisticsOf(queue);
      if (statistics === null || statistics.depth === null) continue;
      const { depth, put, taken } = statistics;
      if (each.looks.push({ depth, put, taken }) > kept) each.looks.shift();
    }
  }

  #rest(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}

function isThere({ queue }: Followed): boolean {
  return queue.deref() !== undefined;
}

/** Null where a foreign queue cannot be asked any more. */
function statisticsOf(queue: ResourceRecord): QueueStatistics | null {
  try {
    const statistics = queue.statistics();
    return statistics.kind === 'queue' ? statistics : null;
  } catch {
    return null;
  }
}
