// Whether a task gets on.
import type { TaskEntry } from '../report/format.ts';
import type { RuleContext } from './rule.ts';

const deepest = 100;

/**
 * For how long a task has not moved, in milliseconds: it, and whatever task it waits for in the end. Null where nobody
 * knows, because it waits for something that is not of loopscope.
 */
export function restMs(task: TaskEntry, { taskOf }: Pick<RuleContext, 'taskOf'>): number | null {
  let least = Infinity;
  let next: TaskEntry | undefined = task;
  for (let depth = 0; next !== undefined && depth < deepest; depth++) {
    if (next.state === 'running') return 0;
    const wait = next.waits.at(-1);
    if (wait === undefined) break;
    if (wait.leftMs === 0) return 0; // it is due: the loop is late, and not the task
    least = Math.min(least, wait.forMs);
    next = wait.on?.type === 'task' ? taskOf(wait.on.id) : undefined;
  }
  return least === Infinity ? null : least;
}
