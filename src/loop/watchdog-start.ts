// Starts the watchdog thread, where that is possible.
import { extname } from 'node:path';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { complain } from '../runtime/complain.ts';
import { startOwnThread } from '../runtime/own-thread.ts';
import type { WatchdogData } from './watchdog-thread.ts';

/** Why there can be no thread that asks the main thread, or null. */
export function whyNoThread(): string | null {
  if (!process.features.inspector) return 'this build of Node has no inspector';
  // Without leave Node does not throw: it aborts the process.
  for (const scope of ['inspector', 'worker']) {
    if (!isPermitted(scope)) return `--permission is given, and not --allow-${scope}`;
  }
  return null;
}

function isPermitted(scope: string): boolean {
  const { permission } = process as { readonly permission?: NodeJS.ProcessPermission };
  if (permission === undefined) return true;
  try {
    return permission.has(scope);
  } catch {
    return false; // a version that does not know this permission does not give it
  }
}

/** Starts the thread. It keeps no process alive, and nothing of the program's is loaded in it. */
export function startThread(workerData: WatchdogData): Worker {
  const file = new URL(`./watchdog-thread${extname(import.meta.url)}`, import.meta.url);
  const options: WorkerOptions = {
    name: 'loopscope',
    workerData,
    execArgv: [], // preloads on the command line are the program's,
    env: {}, // and so are those in NODE_OPTIONS
    stdin: false,
    trackUnmanagedFds: false,
    resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 2, codeRangeSizeMb: 8, stackSizeMb: 1 },
  };
  const worker = startOwnThread(() => new Worker(file, options));
  worker.unref();
  worker.on('error', (error) => complain('the watchdog of the event loop failed', error));
  return worker;
}
