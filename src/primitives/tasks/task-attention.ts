// Whether anybody takes notice of how a task settles: for the history, and for debug mode.
import { taskAttended, type Attention, type TaskRecord } from '../../channels/task.ts';
import { isCallback } from '../../runtime/context.ts';
import { noteAwaited, type Trace } from './task-trace.ts';

export { trace } from './task-trace.ts';

interface Attended extends TaskRecord {
  attention: Attention;
}

/** A callback inherits the context of a task, which has perhaps settled, and of what it creates nobody can await anything. */
export function attentionOfNew(parent: TaskRecord | null): Attention {
  return parent !== null && (parent.settlement !== null || isCallback()) ? 'detached' : 'none';
}

/** Whether a task that settles now was created by one that went on without it, and has settled. */
export function isMissed({ attention, parent }: Attended): boolean {
  return attention === 'none' && parent !== null && parent.settlement !== null;
}

/** Somebody waits for the end of a task, or is handed its result. */
export function attend(task: Attended, attention: 'end' | 'result', trace: Trace | null | undefined): void {
  noteAwaited(trace, attention === 'result');
  const before = task.attention;
  if (before === 'result' || before === attention) return;
  task.attention = attention;
  if (task.settlement === null || !taskAttended.hasSubscribers) return;
  if (before === 'missed' || task.settlement.outcome !== 'fulfilled') taskAttended.publish({ task, before });
}
