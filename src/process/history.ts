// The history of this process: gathered from the start on, and read by every report.
import { load } from '../runtime/load.ts';
import { startHistory } from '../subscribers/history/history.ts';
import { beforeEvent } from './events.ts';
import { areHandlesRemarkable, handleHistory } from './handles.ts';
import { setHistorySource } from './history-source.ts';

/**
 * Gathers what is over.
 * @param blockingCalls whether synchronous calls are wrapped, too: that costs a little at each
 * @returns whether rules may have something to say of it
 */
export function gatherHistory(blockingCalls: boolean): () => boolean {
  const history = startHistory({ blockingCalls });
  if (blockingCalls) watchCalls();
  setHistorySource((mapSite) => ({ ...history.read(mapSite), ...handleHistory(mapSite) }));
  beforeEvent('unhandledRejection', (error, promise) => history.noteUnhandled(error, promise, isFatal()));
  beforeEvent('rejectionHandled', (promise) => history.noteHandled(promise as object));
  return () => history.isRemarkable() || areHandlesRemarkable();
}

function watchCalls(): void {
  const path = '../../instrumentation/blocking-calls';
  const { watchBlockingCalls } = load(
    import.meta.url,
    path,
  ) as typeof import('../../instrumentation/blocking-calls.ts');
  watchBlockingCalls();
}

/** Whether nobody in the program deals with rejections that nobody handled. */
function isFatal(): boolean {
  return process.listenerCount('unhandledRejection') + process.listenerCount('uncaughtException') === 0;
}
