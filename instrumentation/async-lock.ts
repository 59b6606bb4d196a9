// async-lock: who waits for a key, and who holds it. No promise is replaced: the library says when a call is done.
import { sep } from 'node:path';
import { CallSites } from '../src/runtime/call-site.ts';
import { now } from '../src/runtime/clock.ts';
import { currentOrRoot, rootTask } from '../src/runtime/context.ts';
import type { Hold } from '../src/channels/resource.ts';
import type { Site } from '../src/channels/site.ts';
import { Instances } from './hook-instances.ts';
import type { Library } from './hook-library.ts';
import { endHold } from './hold-record.ts';
import { LockCall, LocksByKey } from './lock-record.ts';
import { wrapFunction } from './patch.ts';
import { callInTask, guard, type Callable } from './record.ts';

/** One call of `acquire`. */
interface Call {
  readonly call: LockCall;
  readonly site: Site | null;
  hold: Hold | null;
}

const sites = new CallSites();
const locks = new Instances<object, LocksByKey>('async-lock', (_, name, identity) => {
  return new LocksByKey(name, 'lock', 1, identity);
});
/** By the function that was handed on for it. */
const calls = new WeakMap<Callable, Call>();
let granting: Call | null = null;

function acquire(method: Callable, self: unknown, args: unknown[]): unknown {
  const [key, run, ...rest] = args;
  if (typeof run !== 'function' || Array.isArray(key)) return Reflect.apply(method, self, args);
  const known = guard(() => begin(self as object, key), null);
  if (known === null) return Reflect.apply(method, self, args);
  const handedOn = wrapFunction(run as Callable, (...call) => runHeld(known, ...call));
  calls.set(handedOn, known);
  known.call.wait();
  return Reflect.apply(method, self, [key, handedOn, ...rest]);
}

function begin(lock: object, key: unknown): Call | null {
  const one = locks.of(lock)?.of([key], 1);
  if (one === undefined) return null;
  const task = currentOrRoot();
  const found = sites.capture(task === rootTask ? one.name : task.origin.name, now());
  // the next of several keys is asked for by the library itself
  const isOfLibrary = found === null || found.file.includes(`${sep}node_modules${sep}`);
  const site = isOfLibrary && granting !== null ? granting.site : found;
  return {
    call: new LockCall(one, granting !== null && isOfLibrary ? granting.call.task : task, site),
    site,
    hold: null,
  };
}

/** The library calls the function, where the one before it ended: it goes on as the task that asked. */
function runHeld(known: Call, run: Callable, self: unknown, args: unknown[]): unknown {
  const before = granting;
  guard(() => void (known.hold = known.call.grant()), undefined);
  granting = known;
  try {
    const { task } = known.call;
    return task === rootTask || task === currentOrRoot()
      ? Reflect.apply(run, self, args)
      : callInTask(task, run, self, args);
  } finally {
    granting = before;
  }
}

/** The call is done: it has run, or will not run any more. */
function done(run: Callable): void {
  const known = calls.get(run);
  if (known === undefined) return;
  if (known.hold === null) known.call.stopWaiting();
  else endHold(known.hold);
}

export const asyncLock: Library = {
  name: 'async-lock',
  versions: ['1'],
  files: [
    {
      path: 'lib/index.js',
      exports: ['default'],
      edits: [
        { find: /\bvar AsyncLock = function \(opts\) \{/, replace: '$& $call(made, this);' },
        { find: /\bvar done = function \(locked, err, ret\) \{/, replace: '$& $call(done, fn);' },
      ],
      calls: {
        made: (lock: object) => locks.note(lock),
        done: (run: Callable) => guard(() => done(run), undefined),
      },
      patch: (module) => module.wrapMethod(module.getClass('default').prototype, 'acquire', acquire),
    },
  ],
};
