// Waits for locks, pools, queues, hosts and databases, by the line of the program that waits: what promises hide of operations.
import type { ResourceRecord } from '../channels/resource.ts';
import type { Site } from '../channels/site.ts';
import type { TaskRecord } from '../channels/task.ts';
import { waitEnded, waitStarted, type WaitRecord } from '../channels/wait.ts';
import type { SiteEntry } from '../report/format.ts';
import type { OperationEntry, WaitsEntry } from '../report/recording.ts';
import { now } from '../runtime/clock.ts';
import { subscribe } from '../runtime/subscribe.ts';
import { OperationGroups, type OperationGroup } from './operation-groups.ts';
import { ofRequests } from './operation-sorts.ts';

const mostOpen = 50_000;

/** What runs while waits are followed. */
export interface WaitFollower {
  /** A tenth of a second went by. */
  tick(): void;
  /** Forgets what was until now. */
  restart(): void;
  stop(mapSite: (site: Site) => SiteEntry): WaitsEntry;
}

/** Follows waits from now on. */
export function followWaits(): WaitFollower {
  /** By kind of wait and resource, all of them; and by line those whose line was read. */
  const kinds = new OperationGroups();
  const lines = new OperationGroups();
  const tasks = new OperationGroups();
  const open = new Map<WaitRecord, readonly OperationGroup[]>();
  let dropped = 0;
  const begin = (wait: WaitRecord): void => {
    const { on, kind, site, task } = wait;
    if (on === null || !('kind' in on)) return;
    const type = typeOf(kind, on);
    const all = open.size < mostOpen ? kinds.of(type, null, 1) : null;
    if (all === null) {
      dropped++;
      return;
    }
    const isRead = site === null || site.exact || all.count === 0;
    const line = isRead ? lines.of(type, site, 1) : null;
    const groups = line === null ? [all] : [all, line];
    for (const group of groups) {
      group.count++;
      if (++group.open > group.peak) group.peak = group.open;
    }
    open.set(wait, groups);
    const parent = line === null ? null : parentOf(task, tasks);
    if (line !== null && parent !== null) line.parents.set(parent, (line.parents.get(parent) ?? 0) + 1);
  };
  const end = (wait: WaitRecord): void => {
    const groups = open.get(wait);
    if (groups === undefined) return;
    open.delete(wait);
    const took = now() - wait.since;
    for (const group of groups) {
      group.open--;
      group.runs++;
      group.waitingMs += took;
    }
  };
  const subscriptions = [subscribe(waitStarted, begin), subscribe(waitEnded, end)];
  return {
    tick() {
      kinds.tick();
      lines.tick();
    },
    restart() {
      for (const groups of [kinds, lines, tasks]) groups.clear();
      open.clear();
      dropped = 0;
    },
    stop(mapSite) {
      for (const unsubscribe of subscriptions) unsubscribe();
      const at = now();
      for (const [{ since }, groups] of open) for (const group of groups) group.waitingMs += at - since;
      const all = new Map(kinds.entries(mapSite).map((kind) => [kind.type, kind]));
      const read = Map.groupBy(lines.entries(mapSite), ({ type }) => type);
      const groups = [...read].flatMap(([type, entries]) => divide(all.get(type), entries));
      return { groups, dropped: dropped + kinds.dropped };
    },
  };
}

/** All waits of a kind, divided among their lines as those are whose line was read. */
function divide(all: OperationEntry | undefined, entries: readonly OperationEntry[]): readonly OperationEntry[] {
  const sum = (read: (entry: OperationEntry) => number): number =>
    entries.reduce((total, each) => total + read(each), 0);
  const count = sum((entry) => entry.count);
  const waitingMs = sum((entry) => entry.waitingMs);
  if (all === undefined || all.count <= count) return entries;
  return entries.map((entry) => {
    const ofCount = entry.count / count;
    const ofTime = waitingMs > 0 ? entry.waitingMs / waitingMs : ofCount;
    return Object.assign({}, entry, {
      count: Math.round(all.count * ofCount),
      runs: Math.round(all.runs * ofCount),
      waitingMs: Math.round(all.waitingMs * ofTime),
      peak: Math.max(1, Math.round(all.peak * ofTime)),
      open: Math.round(all.open * ofTime),
      concurrency: all.concurrency.map((value) => Math.round(value * ofTime * 100) / 100),
    });
  });
}

function typeOf(kind: WaitRecord['kind'], on: ResourceRecord): string {
  return `${kind} ${on.kind} ${on.name}`;
}

/** Requests are one parent, whatever their paths; the root task is none. */
function parentOf({ id, origin, name }: TaskRecord, tasks: OperationGroups): OperationGroup | null {
  if (id === 0) return null;
  return origin.kind === 'request' ? tasks.of(ofRequests, null, 1) : tasks.of(`task ${name}`, origin.site, 1);
}
