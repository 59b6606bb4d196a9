// What stays while a process is looked at again and again.
import type { AwaitReport } from './awaits.ts';

/** What several looks at one process have shown. */
export interface AwaitWatch {
  /** How many looks there were. */
  readonly looks: number;
  /** From the first look to the last. */
  readonly forMs: number;
}

/** One look more. */
export function watchAwaits(previous: AwaitWatch | null, report: AwaitReport): AwaitWatch {
  return { looks: (previous?.looks ?? 0) + 1, forMs: Date.parse(report.takenAt) - Date.parse(report.takenAt) };
}
