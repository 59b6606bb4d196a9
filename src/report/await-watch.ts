// What stays while a process is looked at again and again. A function has no name of its own that lasts, because memory
// moves: what is compared is how many are at the same place with the same chain below them.
import type { AwaitReport } from './awaits.ts';
import { keyOf } from './await-rows.ts';
import { viewAwaits } from './await-view.ts';

/** What several looks at one process have shown. */
export interface AwaitWatch {
  /** How many looks there were. */
  readonly looks: number;
  /** When the first and the last were, milliseconds since 1970. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** What the last look showed, by the key of its row. */
  readonly seen: ReadonlyMap<string, Seen>;
}

/** Functions that were there in every look since they were seen first. */
export interface Seen {
  /** How many looks that is. */
  readonly looks: number;
  /** From the first of these to the last. */
  readonly forMs: number;
  /** How many functions there were in every one of them, in all rows of this key: the same ones, or others instead. */
  readonly least: number;
}

/** One look more. */
export function watchAwaits(previous: AwaitWatch | null, report: AwaitReport): AwaitWatch {
  const now = Date.parse(report.takenAt);
  const sinceLast = previous === null ? 0 : Math.max(0, now - previous.lastAt);
  const view = viewAwaits(report);
  const counts = new Map<string, number>();
  for (const node of view.nodes) {
    if (node.step.type !== 'function') continue;
    const key = keyOf(view, node);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const seen = new Map<string, Seen>();
  for (const [key, count] of counts) {
    const before = previous?.seen.get(key);
    seen.set(
      key,
      before === undefined
        ? { looks: 1, forMs: 0, least: count }
        : { looks: before.looks + 1, forMs: before.forMs + sinceLast, least: Math.min(before.least, count) },
    );
  }
  return { looks: (previous?.looks ?? 0) + 1, firstAt: previous?.firstAt ?? now, lastAt: now, seen };
}
