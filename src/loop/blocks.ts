// The blocks of the loop, by culprit: those with the same function at the top of their stacks are one group.
import { loopBlocked, type BlockGroup, type BlockRecord } from '../channels/loop.ts';
import type { Site } from '../channels/site.ts';
import { subscribe } from '../runtime/subscribe.ts';

const tasksKept = 5;
const framesKept = 12;
const spansKept = 20;
const pausesKept = 1000;

/** A stretch of time, milliseconds on the runtime clock. */
interface Span {
  readonly since: number;
  readonly durationMs: number;
}

type Growing<Type> = { -readonly [Key in keyof Type]: Type[Key] };

export interface BlockBookOptions {
  /** The most groups that are kept; blocks of further ones are counted as dropped. Default 200. */
  readonly maxGroups?: number;
}

/** Keeps the groups of blocks that are published on this thread. */
export class BlockBook {
  readonly #groups = new Map<string, Growing<BlockGroup> & { spans: Span[] }>();
  readonly #maxGroups: number;
  /** Collections and blocks are told in either order: the last of each wait for the other. */
  readonly #pauses: Span[] = [];
  #latest: { readonly span: Span; readonly group: Growing<BlockGroup> }[] = [];
  readonly #unsubscribe: () => void;
  /** Blocks that are in no group, because there were too many different ones. */
  dropped = 0;

  constructor({ maxGroups = 200 }: BlockBookOptions = {}) {
    this.#maxGroups = maxGroups;
    this.#unsubscribe = subscribe(loopBlocked, (block) => this.#add(block));
  }

  /** Those with the most time first. */
  groups(): readonly BlockGroup[] {
    return [...this.#groups.values()].toSorted((a, b) => b.totalMs - a.totalMs);
  }

  /** A garbage collection, soon after it was. */
  addPause(since: number, durationMs: number): void {
    const pause = { since, durationMs };
    if (this.#pauses.push(pause) > pausesKept) this.#pauses.shift();
    for (const { span, group } of this.#latest) group.gcMs += overlap(pause, span);
  }

  /** Keeps what there is, and takes no more. */
  stop(): void {
    this.#unsubscribe();
  }

  #add(block: BlockRecord): void {
    const { kind, native, stack, since, durationMs, task } = block;
    const key = keyOf(block);
    let group = this.#groups.get(key);
    if (group === undefined) {
      if (this.#groups.size >= this.#maxGroups) {
        this.dropped++;
        return;
      }
      group = { kind, native, stack: [], count: 0, totalMs: 0, maxMs: 0, gcMs: 0, tasks: [], otherTasks: 0, spans: [] };
      this.#groups.set(key, group);
    }
    if (durationMs >= group.maxMs) {
      group.maxMs = durationMs;
      group.stack = stack.slice(0, framesKept);
    }
    group.count++;
    group.totalMs += durationMs;
    if (task !== null && !group.tasks.some(({ id }) => id === task.id)) {
      if (group.tasks.length < tasksKept) group.tasks = [...group.tasks, { id: task.id, name: task.origin.name }];
      else group.otherTasks++;
    }
    const span = { since, durationMs };
    if (group.spans.push(span) > spansKept) group.spans.shift();
    for (const pause of this.#pauses) group.gcMs += overlap(pause, span);
    this.#latest = [...this.#latest.slice(-3), { span, group }];
  }
}

/** A loop is caught at any of its lines: what tells blocks apart is the function, if it has a name. */
function keyOf({ kind, native, stack: [top] }: BlockRecord): string {
  return JSON.stringify([kind, native, top?.file, top === undefined ? null : nameOf(top)]);
}

function nameOf({ function: name, line }: Site): string | number {
  return name === '' ? line : name;
}

function overlap(a: Span, b: Span): number {
  return Math.max(0, Math.min(a.since + a.durationMs, b.since + b.durationMs) - Math.max(a.since, b.since));
}
