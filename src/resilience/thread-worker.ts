// What runs in each thread of a thread executor.
import { BroadcastChannel } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import { loadPackage } from '../runtime/load.ts';
import { unsendable } from './job-error.ts';
import { cancelChannel, type JobMessage, type JobReply } from './job-message.ts';
import { cancelJob, runJob as runHere } from './job-runner.ts';
import { unwrap, type Unwrapped } from './move.ts';
import { isPlain } from './sendable.ts';

const cancellations = new BroadcastChannel(cancelChannel);
cancellations.onmessage = ({ data }: { data: unknown }) => cancelJob(String(data));
cancellations.unref();

/** Called by piscina for each job. */
export async function runJob(message: JobMessage): Promise<unknown> {
  const reply = await runHere(message);
  if (!reply.ok) return reply;
  let sent: Unwrapped;
  try {
    sent = sendable(unwrap(reply.value));
  } catch (error) {
    return unsendable(message.name, error);
  }
  const { value, transfer } = sent;
  if (transfer.length === 0) return { ok: true, value } satisfies JobReply;
  const { Piscina: pool } = loadPackage('piscina') as { readonly Piscina: typeof Piscina };
  return pool.move({ [pool.transferableSymbol]: transfer, [pool.valueSymbol]: { ok: true, value } } as never);
}

/** The same, or a clone of it, which can be sent for certain. */
function sendable({ value, transfer }: Unwrapped): Unwrapped {
  if (transfer.length === 0 && isPlain(value)) return { value, transfer };
  return structuredClone({ value, transfer }, { transfer: [...transfer] });
}
