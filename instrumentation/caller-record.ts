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
}

let current: Caller | null = null;
let isOwn = false;

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
  if (current !== null) return current;
  const task = currentOrRoot();
  return { task, site: sites.capture(task === rootTask ? name : task.origin.name, now()) };
}

/** Calls a function of a library that does something for itself, of which its own record tells: it is nobody's request. */
export function callOwn(run: Callable, self: unknown, args: readonly unknown[]): unknown {
  const before = isOwn;
  isOwn = true;
  try {
    return Reflect.apply(run, self, args);
  } finally {
    isOwn = before;
  }
}

/** Whether a library does something for itself. */
export function isOwnCall(): boolean {
  return isOwn;
}
