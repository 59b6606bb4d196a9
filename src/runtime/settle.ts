// The end of a task, for whoever keeps its record: ours and those of calls that are not ours.
import { taskSettled, type Settlement, type TaskRecord } from '../channels/task.ts';
import { cutSettledParents } from './context.ts';

/** The settlement of every task that was fulfilled. */
export const fulfilment: Settlement = Object.freeze({ outcome: 'fulfilled', error: undefined });

/** The settlement of a task that was fulfilled with something. */
export interface Fulfilment extends Settlement {
  readonly value: unknown;
}

/** The settlement of a task; those without a value share one. */
export function fulfilmentWith(value: unknown): Settlement {
  if (value === undefined) return fulfilment;
  const settlement: Fulfilment = { outcome: 'fulfilled', error: undefined, value };
  return settlement;
}

/** Says that a task has settled, and lets go of those above it that settled before. */
export function announceSettled(task: TaskRecord): void {
  if (taskSettled.hasSubscribers) taskSettled.publish(task);
  cutSettledParents(task);
}
