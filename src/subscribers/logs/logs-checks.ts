// What nobody announces, because it is what does not happen: deadlocks, leaks, and tasks that stay pending. Looked for every
// few seconds, in the registry.
import type { Hold, ResourceRecord } from '../../channels/resource.ts';
import type { TaskRecord } from '../../channels/task.ts';
import type { WaitKind } from '../../channels/wait.ts';
import { buildCycles } from '../../report/build.ts';
import { now } from '../../runtime/clock.ts';
import { rootTask } from '../../runtime/context.ts';
import { SiteMapper } from '../../runtime/source-map.ts';
import { ofCycle, ofLeak, ofMorePending, ofPending, type Said } from './log-records.ts';
import type { Snapshot } from '../registry.ts';

const mostAtATime = 100;
const shortestWaitMs = 1000;
/** Waits that end when another task does something. */
const blocking: ReadonlySet<WaitKind> = new Set(['acquire', 'await', 'start', 'join', 'wait']);

/** Says each thing once. */
export class LiveChecks {
  readonly #pendingAfterMs: number | null;
  /** Tasks up to this id have been said, or were settled in time. */
  #pendingSeen = 0;
  #cyclesSaid = new Set<string>();
  /** Holds whose task has settled: true once that was said. */
  readonly #leaks = new WeakMap<Hold, boolean>();

  constructor(pendingAfterMs: number | null) {
    this.#pendingAfterMs = pendingAfterMs;
  }

  look({ tasks, resources }: Snapshot): Said[] {
    return [...this.#deadlocks(tasks), ...this.#leaked(resources), ...this.#pending(tasks)];
  }

  #deadlocks(tasks: readonly TaskRecord[]): Said[] {
    const at = now();
    const stuck = tasks.filter((task) => waitsLong(task, at));
    if (stuck.length === 0) return [];
    const mapper = new SiteMapper();
    const { cycles, tasks: entries } = buildCycles({
      tasks: stuck,
      resources: [],
      root: rootTask,
      running: null,
      now: at,
      mapSite: (site) => mapper.map(site),
    });
    const keyOf = ({ steps }: (typeof cycles)[number]): string => steps.map(({ task }) => task).join();
    const fresh = cycles.filter((cycle) => !this.#cyclesSaid.has(keyOf(cycle)));
    this.#cyclesSaid = new Set(cycles.map(keyOf));
    return fresh.slice(0, mostAtATime).map((cycle) => ofCycle(cycle, entries));
  }

  /** Found at two looks: who hands a lock on may settle a moment before it is released. */
  #leaked(resources: readonly ResourceRecord[]): Said[] {
    const said: Said[] = [];
    for (const resource of resources) {
      for (const hold of resource.holders()) {
        if (hold.task.settlement === null) continue;
        const wasSaid = this.#leaks.get(hold);
        if (wasSaid === true) continue;
        if (wasSaid === false && said.length < mostAtATime) {
          this.#leaks.set(hold, true);
          said.push(ofLeak(hold));
        } else if (wasSaid === undefined) this.#leaks.set(hold, false);
      }
    }
    return said;
  }

  /** Tasks come in the order of their creation, and so the first that is too young ends the look. */
  #pending(tasks: readonly TaskRecord[]): Said[] {
    if (this.#pendingAfterMs === null) return [];
    const before = now() - this.#pendingAfterMs;
    const said: Said[] = [];
    let more = 0;
    for (const task of tasks) {
      if (task.createdAt > before) break;
      if (task.id <= this.#pendingSeen) continue;
      this.#pendingSeen = task.id;
      if (said.length < mostAtATime) said.push(ofPending(task));
      else more++;
    }
    if (more > 0) said.push(ofMorePending(more));
    return said;
  }
}

function waitsLong(task: TaskRecord, at: number): boolean {
  for (let wait = task.waits; wait !== null; wait = wait.older) {
    if (blocking.has(wait.kind) && at - wait.since >= shortestWaitMs) return true;
  }
  return false;
}
