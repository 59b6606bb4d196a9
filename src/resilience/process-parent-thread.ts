// In a thread of each process of an executor: looks whether the process that started it is still there.
import { workerData } from 'node:worker_threads';
import type { ParentData } from './process-parent.ts';

const everyMs = 1000;
const { parent } = workerData as ParentData;

setInterval(() => {
  if (isGone()) process.kill(process.pid, 'SIGKILL');
}, everyMs);

function isGone(): boolean {
  if (process.ppid !== parent) return true; // handed to another parent
  try {
    process.kill(parent, 0); // on Windows nobody is handed on
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}
