// What runs in each thread of a thread executor.
import { BroadcastChannel } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import { loadPackage } from '../runtime/load.ts';
import { sendError } from './job-error.ts';
import { cancelChannel, type JobMessage, type JobReply } from './job-message.ts';
import { cancelJob, runJob as runHere } from './job-runner.ts';
import { unwrap } from './move.ts';
import { findUnsendable } from './unsendable.ts';

const cancellations = new BroadcastChannel(cancelChannel);
cancellations.onmessage = ({ data }: { data: unknown }) => cancelJob(String(data));
cancellations.unref();

/** Called by piscina for each job. */
export async function runJob(message: JobMessage): Promise<unknown> {
  const reply = await runHere(message);
  if (!reply.ok) return reply;
  const { value, transfer } = unwrap(reply.value);
  const unsendable = findUnsendable(value);
  if (unsendable !== null) {
    const error = new TypeError(`the result of ${message.name} cannot be sent: it is or has in it ${unsendable}`);
    return { ok: false, error: sendError(error), isCancelled: false } satisfies JobReply;
  }
  if (transfer.length === 0) return reply;
  const { Piscina: pool } = loadPackage('piscina') as { readonly Piscina: typeof Piscina };
  return pool.move({ [pool.transferableSymbol]: transfer, [pool.valueSymbol]: { ok: true, value } } as never);
}
