// Worker threads: signals reach the main thread alone, so it asks the others for their reports.
import { subscribe } from 'node:diagnostics_channel';
import { BroadcastChannel, type Worker } from 'node:worker_threads';
import type { Reason } from '../report/format.ts';
import { isOwnThreadStarting } from '../runtime/own-thread.ts';

const name = 'loopscope:report';
let threadsStarted = false;

/**
 * In the main thread: notes that there are worker threads, so that a process without any pays nothing.
 * @param ended called with the id of a thread: one that is terminated while its loop is blocked cannot say so itself
 */
export function watchThreads(ended: (threadId: number) => void): void {
  subscribe('worker_threads', (message) => {
    if (isOwnThreadStarting()) return;
    threadsStarted = true;
    const { worker } = message as { readonly worker: Worker };
    const { threadId } = worker; // -1 when it has ended
    worker.once('exit', () => ended(threadId));
  });
}

/** In the main thread: asks all worker threads to report. They answer by themselves, as soon as their loops turn. */
export function askThreads(reason: Reason): void {
  if (!threadsStarted) return;
  const channel = new BroadcastChannel(name);
  channel.postMessage(reason);
  channel.close();
}

/** In a worker thread: reports when the main thread asks. Keeps no thread alive. */
export function answerMainThread(give: (reason: Reason) => void): void {
  const channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }: { data: unknown }) => give(data as Reason);
  channel.unref();
}
