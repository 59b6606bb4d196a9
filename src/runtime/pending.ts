// Who knows which tasks are pending: the registry, where it runs. What needs to know asks here.
import type { TaskRecord } from '../channels/task.ts';

let source: (() => readonly TaskRecord[]) | null = null;

/** Says who knows; null for nobody. */
export function setPendingSource(tasks: (() => readonly TaskRecord[]) | null): void {
  source = tasks;
}

/** The pending tasks, oldest first; none where nobody knows. */
export function pendingTasks(): readonly TaskRecord[] {
  return source?.() ?? [];
}
