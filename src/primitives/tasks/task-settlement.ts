// How a task settled, and what it says to those who ask.
import type { Settlement } from '../../channels/task.ts';
import { TimeoutError } from '../../errors.ts';
import { fulfilmentWith, type Fulfilment } from '../../runtime/settle.ts';
import type { Cancellation } from './cancellation.ts';

/** What a task has come to with this value or error. */
export function settlementOf(rejected: boolean, result: unknown, cancellation: Cancellation | null): Settlement {
  if (!rejected) return fulfilmentWith(result);
  if (cancellation?.explains(result) === true) return { outcome: 'cancelled', error: result };
  return { outcome: result instanceof TimeoutError ? 'timed out' : 'rejected', error: result };
}

/** What it was fulfilled with. Throws what it was rejected or cancelled with. */
export function resultOf(settlement: Settlement): unknown {
  if (settlement.outcome !== 'fulfilled') throw settlement.error;
  return (settlement as Fulfilment).value;
}

/** What it was rejected with; undefined if it was fulfilled. Throws the error of a cancellation. */
export function exceptionOf({ outcome, error }: Settlement): unknown {
  if (outcome === 'cancelled') throw error;
  return error;
}
