// Waits for locks, pools, queues, hosts and databases, by the line of the program that waits: what promises hide of operations.
import type { ResourceRecord } from '../channels/resource.ts';
import type { Site } from '../channels/site.ts';
import type { TaskRecord } from '../channels/task.ts';
import { waitEnded, waitStarted, type WaitRecord } from '../channels/wait.ts';
import type { SiteEntry } from '../report/format.ts';
import type { WaitsEntry } from '../report/recording.ts';
import { now } from '../runtime/clock.ts';
import { subscribe } from '../runtime/subscribe.ts';
import { OperationGroups, type OperationGroup } from './operation-groups.ts';

const mostOpen = 50_000;
/** What operations that begin in a request have as their parent. */
const ofRequests = 'HTTPINCOMINGMESSAGE';

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
  const groups = new OperationGroups();
  const tasks = new OperationGroups();
  const open = new Map<WaitRecord, OperationGroup>();
  let dropped = 0;
  const begin = (wait: WaitRecord): void => {
    const { on, kind, site, task } = wait;
    if (on === null || !('kind' in on)) return;
    const group = open.size < mostOpen ? groups.of(typeOf(kind, on), site, 1) : null;
    if (group === null) {
      dropped++;
      return;
    }
    group.count++;
    if (++group.open > group.peak) group.peak = group.open;
    const parent = parentOf(task, tasks);
    if (parent !== null) group.parents.set(parent, (group.parents.get(parent) ?? 0) + 1);
    open.set(wait, group);
  };
  const end = (wait: WaitRecord): void => {
    const group = open.get(wait);
    if (group === undefined) return;
    open.delete(wait);
    group.open--;
    group.runs++;
    group.waitingMs += now() - wait.since;
  };
  const subscriptions = [subscribe(waitStarted, begin), subscribe(waitEnded, end)];
  return {
    tick() {
      groups.tick();
    },
    restart() {
      groups.clear();
      tasks.clear();
      open.clear();
      dropped = 0;
    },
    stop(mapSite) {
      for (const unsubscribe of subscriptions) unsubscribe();
      const at = now();
      for (const [{ since }, group] of open) group.waitingMs += at - since;
      return { groups: groups.entries(mapSite), dropped: dropped + groups.dropped };
    },
  };
}

function typeOf(kind: WaitRecord['kind'], on: ResourceRecord): string {
  return `${kind} ${on.kind} ${on.name}`;
}

/** Requests are one parent, whatever their paths; the root task is none. */
function parentOf({ id, origin, name }: TaskRecord, tasks: OperationGroups): OperationGroup | null {
  if (id === 0) return null;
  return origin.kind === 'request' ? tasks.of(ofRequests, null, 1) : tasks.of(`task ${name}`, origin.site, 1);
}
