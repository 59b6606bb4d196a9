// loopscope's own functions in a process that it reads: its plumbing is nobody's business but its own.
import { fileURLToPath } from 'node:url';

const ownFolder = fileURLToPath(new URL('../..', import.meta.url));
const installed = /[/\\]node_modules[/\\]loopscope[/\\]dist[/\\]src[/\\]/;
// What programs call, and wait in: that of a runner is the callback of a test.
const called = /[/\\](?:(?:primitives|resilience)[/\\]|runners[/\\]callback\.[jt]s$)/;
// What workers of executors do around a job.
const worker = /[/\\]resilience[/\\](job-runner|process-worker|thread-worker)\.[jt]s$/;

/** Whether a script is part of loopscope: of this copy, or of one that is installed as a package. */
export function isOwn(script: string): boolean {
  const path = script.startsWith('file:') ? pathOf(script) : script;
  return path.startsWith(ownFolder) || installed.test(path);
}

/** Whether a script is part of loopscope, and not one in which programs wait. */
export function isPlumbing(script: string): boolean {
  return isOwn(script) && (!called.test(script) || worker.test(script));
}

function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    return url;
  }
}
