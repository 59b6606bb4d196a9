// asyncio's all_tasks.
import type { TaskRecord } from '../channels/task.ts';
import { startRegistry } from '../subscribers/registry.ts';

/** The pending tasks of this thread, oldest first. The records are live. */
export function allTasks(): readonly TaskRecord[] {
  return startRegistry().snapshot().tasks;
}
