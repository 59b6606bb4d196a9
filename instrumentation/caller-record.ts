// On whose behalf a library acts: what it does in the callback of a call, it does for who made that call.
import type { Site } from '../src/channels/site.ts';
import type { TaskRecord } from '../src/channels/task.ts';
import type { CallSites } from '../src/runtime/call-site.ts';
import { now } from '../src/runtime/clock.ts';
import { currentOrRoot, rootTask } from '../src/runtime/context.ts';
import type { Callable } from './record.ts';

/** Who called a library, and where. */
export interface Caller {
  readonly task: TaskRecord;
  readonly site: Site | null;
  /** Functions of the program may be called, too: what they do has a place of its own. */
  readonly isFallback?: boolean;
}

let current: Caller | null = null;
const own = new WeakSet<object>();

/** Calls a function of the library that goes on with what this caller asked for. */
export function callFor(caller: Caller | null, run: Callable, self: unknown, args: readonly unknown[]): unknown {
  const before = current;
  current = caller;
  try {
    return Reflect.apply(run, self, args);
  } finally {
    current = before;
  }
}

/** Who calls now: the one for whom the library goes on, or else who is running. */
export function callerNow(sites: CallSites, name: string): Caller {
  if (current !== null && current.isFallback !== true) return current;
  const task = current?.task ?? currentOrRoot();
  const site = sites.capture(task === rootTask ? name : task.origin.name, now());
  if (current === null || (site !== null && !isInLibrary(site))) return { task, site };
  return { task, site: current.site };
}

/** Whether no code of the program leads to a call, so that a library has made it by itself. */
export function isInLibrary({ file }: Site): boolean {
  return file.includes('node_modules');
}

/** Notes that a library has made this for itself, and tells of it otherwise. */
export function noteOwn(made: object): void {
  own.add(made);
}

export function isOwn(made: object): boolean {
  return own.has(made);
}
