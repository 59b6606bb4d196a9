// What each process of a process executor runs. Its only tie is the channel to the process that started it: when that is
// gone nobody wants what it computes.
import { unsendable } from './job-error.ts';
import type { JobMessage, JobReply } from './job-message.ts';
import { cancelJob, runJob } from './job-runner.ts';
import { unwrap } from './move.ts';
import { endWithParent } from './process-parent.ts';
import { flushLast } from '../runtime/last-flush.ts';

const flushAtEndMs = 1000;

process.on('message', (message: JobMessage | { readonly cancel: string }) => {
  if ('cancel' in message) cancelJob(message.cancel);
  else void answer(message);
});
// Ctrl-C goes to all processes of a terminal. What becomes of the jobs is for the one to decide that gave them.
process.on('SIGINT', () => {});
endWithParent();
process.on('disconnect', () => {
  // oxlint-disable-next-line no-restricted-properties -- this process is loopscope's own
  void flushLast(flushAtEndMs).finally(() => process.exit());
});

async function answer(message: JobMessage): Promise<void> {
  const reply = await runJob(message);
  try {
    send(reply.ok ? { ok: true, value: unwrap(reply.value).value } : reply);
  } catch (error) {
    send(unsendable(message.name, error));
  }
}

function send(reply: JobReply): void {
  process.send?.(reply);
}
