// What few tasks need, made when it is needed: a pending task stays small.
import type { RetryProgress, Settlement } from '../../channels/task.ts';
import type { Cancellation } from './cancellation.ts';
import type { DoneCallbacks } from './done-callbacks.ts';
import type { Trace } from './task-trace.ts';

export interface TaskExtra {
  /** Its function is called on a later microtask than that in which it was created. */
  waitsToStart: boolean;
  startedAt: number | null;
  cancellation: Cancellation | null;
  /** Takes the listener off the signal that the task was created with. */
  stopListening: (() => void) | null;
  progress: RetryProgress | null;
  callbacks: DoneCallbacks | null;
  /** What debug mode wants to know. */
  trace: Trace | null;
}

export function newExtra(trace: Trace | null = null): TaskExtra {
  return {
    waitsToStart: false,
    startedAt: null,
    cancellation: null,
    stopListening: null,
    progress: null,
    callbacks: null,
    trace,
  };
}

/** The task has settled: it listens no more, and whoever asked is told. */
export function settleExtra({ stopListening, callbacks, trace }: TaskExtra, settlement: Settlement): void {
  stopListening?.();
  callbacks?.end();
  if (trace !== null) trace.settlement = settlement;
}
