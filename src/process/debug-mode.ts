// Debug mode in a process: turns of the loop that are slow are said as they happen, with the task whose they are.
import { isMainThread } from 'node:worker_threads';
import type { BlockRecord } from '../channels/loop.ts';
import { tellTraces } from '../primitives/tasks/task-trace.ts';
import { complain } from '../runtime/complain.ts';
import { onDebug, startDebug } from '../runtime/debug.ts';
import { beforeEvent } from './events.ts';
import { watchLoop } from './watch-loop.ts';

let isPrepared = false;
let tellsAtExit = false;

/**
 * Prepares for debug mode; the first call decides how.
 * @param isOn whether it begins now
 * @param slowMs turns of the loop that take longer are told; null for none
 */
export function prepareDebug(isOn: boolean, slowMs: number | null = 100): void {
  if (!isPrepared) onDebug(() => begin(slowMs));
  isPrepared = true;
  if (isOn) startDebug();
}

function begin(slowMs: number | null): () => void {
  if (!tellsAtExit) beforeEvent('exit', tellTraces);
  tellsAtExit = true;
  return isMainThread && slowMs !== null ? watchLoop({ threshold: slowMs, onBlock: tell }) : () => {};
}

function tell({ durationMs, stack, task }: BlockRecord): void {
  const [site] = stack;
  const where =
    site === undefined ? '' : `, ${site.function || '(anonymous)'} at ${site.file}:${site.line}:${site.column}`;
  const whose = task === null ? '' : `, in task ${task.origin.name} #${task.id}`;
  complain(`a turn of the loop took ${Math.round(durationMs)} ms${where}${whose}`);
}
