// A job that computes does not hear that the process is gone which wanted it, and would compute for ever. A thread beside it
// hears that.
import { Worker } from 'node:worker_threads';
import { complain } from '../runtime/complain.ts';
import { pathBeside } from '../runtime/load.ts';
import { startOwnThread } from '../runtime/own-thread.ts';

/** What the thread is told. */
export interface ParentData {
  readonly parent: number;
}

/** Ends this process with the one that started it, whatever it does then. */
export function endWithParent(): void {
  // without leave Node does not throw: it aborts the process
  if (process.permission !== undefined && !process.permission.has('worker')) return;
  const thread = startOwnThread(
    () =>
      new Worker(pathBeside(import.meta.url, './process-parent-thread'), {
        name: 'loopscope',
        workerData: { parent: process.ppid } satisfies ParentData,
        execArgv: [], // preloads on the command line are the program's,
        env: {}, // and so are those in NODE_OPTIONS
        stdin: false,
        trackUnmanagedFds: false,
        resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2, codeRangeSizeMb: 4, stackSizeMb: 1 },
      }),
  );
  thread.unref();
  thread.on('error', (error) => complain('jobs of this process may outlive the one that gave them', error));
}
