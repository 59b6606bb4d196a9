// Names of which very many tasks are pending at the same time. Each task is counted; what the tasks do is only looked at
// when there are so many that it may matter, and again when there are a quarter more.
import { resourceCreated, type ResourceRecord } from '../../channels/resource.ts';
import type { Origin, TaskCounts, TaskRecord } from '../../channels/task.ts';
import type { Site } from '../../channels/site.ts';
import type { WaitRecord } from '../../channels/wait.ts';
import type { SiteEntry } from '../../report/format.ts';
import type { FanOutEntry, Remembered } from '../../report/history.ts';
import { pendingTasks } from '../../runtime/pending.ts';
import { subscribe } from '../../runtime/subscribe.ts';
import { Book } from './book.ts';
import { outside } from '../../runtime/outside.ts';

// Taken at import: fake timers are the program's.
const nextTick = process.nextTick.bind(process);
const { queueMicrotask } = globalThis;
const growth = 1.25;
const deepest = 20;
/** What waits so does not work: it has its limit, or waits for work. */
const limited: ReadonlySet<string> = new Set(['acquire', 'start', 'put', 'get']);

// As many as tasks of one name: fewer are not looked at.
const fewestRequests = 512;
const mostClients = 200;

interface FanOut {
  readonly origin: Origin;
  site: Site | null;
  peak: number;
  pending: number;
}

/** Keeps them. */
export class FanOuts {
  readonly #book = new Book<FanOut>();
  /** Those that are to be looked at when all has been parked that was begun now. */
  readonly #due = new Map<TaskCounts, Origin>();
  /** Hosts and databases: each counts itself. */
  readonly #clients: ResourceRecord[] = [];
  readonly #end = subscribe(resourceCreated, (resource) => {
    if (resource.kind === 'client' && this.#clients.length < mostClients) this.#clients.push(resource);
  });
  readonly #look = (): void => nextTick(() => this.#lookAtDue());

  created(origin: Origin): void {
    const { counts } = origin;
    if (counts !== undefined && ++counts.pending >= counts.nextLook) this.#note(counts, origin);
  }

  settled({ counts }: Origin): void {
    if (counts !== undefined && counts.pending > 0) counts.pending--;
  }

  get isRemarkable(): boolean {
    return !this.#book.isEmpty || this.#clients.some((client) => peakOf(client) >= fewestRequests);
  }

  read(mapSite: (site: Site) => SiteEntry): Remembered<FanOutEntry> {
    const { entries, dropped } = this.#book.read<FanOutEntry>(({ origin: { kind, name }, site, peak, pending }) => ({
      kind,
      name,
      createdAt: site === null ? null : mapSite(site),
      peak,
      pending,
    }));
    const clients = this.#clients.flatMap((client): FanOutEntry[] => {
      const { name, busiest: site = null } = client;
      const peak = peakOf(client);
      const createdAt = site === null ? null : mapSite(site);
      return peak < fewestRequests ? [] : [{ kind: 'client', name, createdAt, peak, pending: peak }];
    });
    return { entries: [...entries, ...clients], dropped };
  }

  stop(): void {
    this.#end();
    this.#due.clear();
  }

  #note(counts: TaskCounts, origin: Origin): void {
    // What is created in a burst has not come to its limit yet: after all microtasks, which is when ticks run.
    counts.nextLook = Infinity;
    if (this.#due.size === 0) outside(queueMicrotask, this.#look);
    this.#due.set(counts, origin);
  }

  #lookAtDue(): void {
    const free = countFree(pendingTasks(), this.#due);
    for (const [counts, origin] of this.#due) {
      const { pending } = counts;
      counts.nextLook = Math.ceil(pending * growth);
      const { kind, name, site } = origin;
      const fresh = (): FanOut => ({ origin, site, peak: 0, pending: 0 });
      const entry = this.#book.open(`${kind}\n${name}`, fresh);
      if (entry === null) continue;
      entry.pending = Math.max(entry.pending, pending);
      const peak = free.get(counts) ?? 0;
      if (peak <= entry.peak) continue;
      entry.peak = peak;
      entry.site = site;
    }
    this.#due.clear();
  }
}

/** The most requests that were in flight at a time. */
function peakOf(client: ResourceRecord): number {
  const statistics = client.statistics();
  return statistics.kind === 'client' ? statistics.maxPending : 0;
}

/** How many of the tasks that are counted there neither wait for a limit themselves, nor have what waits for one for them. */
function countFree(tasks: readonly TaskRecord[], due: ReadonlyMap<TaskCounts, Origin>): Map<TaskCounts, number> {
  const held = new Set<TaskRecord>();
  for (const task of tasks) {
    if (!isLimited(task)) continue;
    let each: TaskRecord | null = task;
    for (let depth = 0; each !== null && depth < deepest && !held.has(each); depth++) {
      held.add(each);
      each = each.parent;
    }
  }
  const free = new Map<TaskCounts, number>();
  for (const task of tasks) {
    const { counts } = task.origin;
    if (counts !== undefined && due.has(counts) && !held.has(task)) free.set(counts, (free.get(counts) ?? 0) + 1);
  }
  return free;
}

function isLimited(task: TaskRecord): boolean {
  let each: TaskRecord | null = task;
  for (let depth = 0; each !== null && depth < deepest; depth++) {
    let next: TaskRecord | null = null;
    for (let wait: WaitRecord | null = each.waits; wait !== null; wait = wait.older) {
      if (limited.has(wait.kind)) return true;
      if (wait.on !== null && 'origin' in wait.on) next = wait.on;
    }
    each = next;
  }
  return false;
}
