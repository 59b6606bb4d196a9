// Everything that is pending now. The records themselves are updated in place by what they describe; the registry only
// knows which there are: tasks in a linked list, resources by weak reference, so that it keeps no queue or lock alive.
import { resourceCreated, type ResourceRecord } from '../channels/resource.ts';
import { taskCreated, taskSettled, type TaskRecord } from '../channels/task.ts';
import { List } from '../runtime/list.ts';
import { setPendingSource } from '../runtime/pending.ts';
import { requestsNow } from '../runtime/requests.ts';
import { subscribe } from '../runtime/subscribe.ts';
import { WeakList } from '../runtime/weak-list.ts';

/** What was pending at one moment. The records are live: read them at once. */
export interface Snapshot {
  readonly tasks: readonly TaskRecord[];
  readonly resources: readonly ResourceRecord[];
  /** What was not tracked because there was too much of it. */
  readonly dropped: { readonly tasks: number; readonly resources: number };
}

export interface RegistryOptions {
  /** The most tasks that are tracked at a time; further ones are counted as dropped. Default 1,000,000. */
  readonly maxTasks?: number;
  /** The most resources that are tracked at a time. Default 1,000,000. */
  readonly maxResources?: number;
}

/** What runs while the registry is started. */
export interface Registry {
  /** Pending tasks in order of creation, and the resources that are still in use. */
  snapshot(): Snapshot;
  /** Stops tracking and forgets everything. May be called twice. */
  stop(): void;
}

// One registry serves all copies of loopscope in a process; the number is the version of the records.
const key = Symbol.for('loopscope.registry@1');
const slot = globalThis as Record<symbol, Registry | undefined>;

/** Starts tracking what is created from now on. If a registry runs already, in whatever copy, that one is returned. */
export function startRegistry({ maxTasks = 1_000_000, maxResources = 1_000_000 }: RegistryOptions = {}): Registry {
  const running = slot[key];
  if (running !== undefined) {
    setPendingSource(() => running.snapshot().tasks); // of another copy of loopscope, perhaps
    return running;
  }
  const tasks = new List<TaskRecord>();
  const resources = new WeakList<ResourceRecord>(maxResources);
  let droppedTasks = 0;

  const subscriptions = [
    subscribe(taskCreated, (task) => {
      if (tasks.size < maxTasks) tasks.push(task);
      else droppedTasks++;
    }),
    subscribe(taskSettled, (task) => {
      tasks.remove(task);
    }),
    subscribe(resourceCreated, (resource) => resources.add(resource)),
  ];

  const registry: Registry = {
    snapshot: () => ({
      tasks: [...tasks, ...requestsNow()],
      resources: resources.living(),
      dropped: { tasks: droppedTasks, resources: resources.dropped },
    }),
    stop() {
      for (const end of subscriptions) end();
      // Taken out one by one: a task that kept its links would damage the list of the next registry when it settles.
      while (tasks.shift() !== null);
      resources.clear();
      if (slot[key] !== registry) return;
      slot[key] = undefined;
      setPendingSource(null);
    },
  };
  slot[key] = registry;
  setPendingSource(() => [...tasks]);
  return registry;
}
