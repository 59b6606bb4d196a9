// Makes a lock or semaphore visible that is not ours: who waits for it, who holds it, since when.
import { types } from 'node:util';
import type { Hold } from '../src/channels/resource.ts';
import type { Site } from '../src/channels/site.ts';
import type { TaskRecord } from '../src/channels/task.ts';
import { CallSites } from '../src/runtime/call-site.ts';
import { now } from '../src/runtime/clock.ts';
import { currentOrRoot, currentTask, rootTask } from '../src/runtime/context.ts';
import { endHold } from './hold-record.ts';
import { LockCall, LocksByKey } from './lock-record.ts';
import { checkCount, checkMethods, checkName, noteWrapped, patchMethods, wrapFunction } from './patch.ts';
import { callInTask, complainOnce, follow, guard, type Callable } from './record.ts';

export interface WrapLockOptions {
  /** What reports, spans and metrics call it. Default: `lock` or `semaphore`. */
  readonly name?: string;
  /** How many may hold it at a time, for the report: more than 1 makes it a semaphore. Default: 1 for a lock. */
  readonly permits?: number;
}

const acquiring = ['acquire', 'lock', 'runExclusive', 'use'];
const trying = ['tryAcquire'];
const releasing = ['release', 'unlock'];
const disposing = ['release', Symbol.dispose, Symbol.asyncDispose];

const sites = new CallSites();
const wrapped = new WeakSet();

/**
 * Makes a lock or semaphore visible: the same object is returned, with its methods wrapped in place. `acquire` and its
 * like are waits of the current task until they settle. The hold that follows ends when what they resolved to is called,
 * released or disposed of (a function, the function in a pair, an object), else with `release()`: first that of the
 * current task, then the oldest. Given a function (`runExclusive(run)`, `acquire(key, run)`), the hold lasts while it runs.
 * A lock with keys is one resource per key, named `name[key]`.
 *
 * In the place of plain promises come derived ones (see `wrapTask`), and in the place of a releaser comes a wrapped one.
 * @example const accounts = wrapLock(new Mutex(), { name: 'accounts' });
 * @throws ArgumentError if it has none of the methods, or an option is of the wrong type
 */
export function wrapLock<Wrapped extends object>(lock: Wrapped, options: WrapLockOptions = {}): Wrapped {
  if (wrapped.has(lock)) return lock;
  const permits = checkCount(options.permits, 'permits');
  checkMethods(lock, 'the lock to wrap', [...acquiring, ...trying, ...releasing]);
  const kind = (permits === null ? isSemaphore(lock) : permits > 1) ? 'semaphore' : 'lock';
  const name = checkName(options, kind);
  const calls = new LockCalls(lock, new LocksByKey(name, kind, kind === 'lock' ? 1 : permits));
  patchMethods(lock, acquiring, (method, self, args) => calls.acquire(method, self, args, false));
  patchMethods(lock, trying, (method, self, args) => calls.acquire(method, self, args, true));
  patchMethods(lock, releasing, (method, self, args) => calls.release(method, self, args));
  wrapped.add(lock);
  noteWrapped(lock);
  return lock;
}

/** A method of the lock that runs now. What it calls of the lock itself is part of the same call. */
interface Frame {
  /** Whether the call was counted by a method that this one called: async-mutex's runExclusive calls acquire. */
  taken: boolean;
  /** Where the lock was called. */
  readonly site: Site | null;
}

/** The calls of one wrapped lock. */
class LockCalls {
  readonly #lock: object;
  readonly #locks: LocksByKey;
  /** The holds of objects that were handed out: a pool hands out the same object again and again. */
  readonly #holds: WeakMap<object, Hold> = new WeakMap();
  #frame: Frame | null = null;

  constructor(lock: object, locks: LocksByKey) {
    this.#lock = lock;
    this.#locks = locks;
  }

  /** `tries`: a call that comes back without the lock rather than wait. */
  acquire(method: Callable, self: unknown, args: unknown[], tries: boolean): unknown {
    const outer = this.#frame;
    let frame: Frame;
    let call: LockCall;
    let given = args;
    try {
      const index = args.findIndex((argument) => typeof argument === 'function');
      const task = currentOrRoot();
      const lock = this.#locks.of(args, index);
      const site = outer === null ? sites.capture(task === rootTask ? lock.name : task.origin.name, now()) : outer.site;
      frame = { taken: false, site };
      call = new LockCall(lock, task, site);
      if (index !== -1) given = this.#wrapFunctions(call, frame, outer !== null, args, index);
      if (outer !== null && !tries) outer.taken = true;
    } catch (error) {
      complainOnce(error);
      return Reflect.apply(method, self, args);
    }
    const result = this.#within(frame, method, self, given);
    if (frame.taken || call.granted) return result;
    return guard(
      () => (given === args ? this.#waitForGrant(call, result, tries, outer) : waitForTurn(call, result)),
      result,
    );
  }

  /** A release by the lock itself, in the course of another call, ends no other hold. */
  release(method: Callable, self: unknown, args: unknown[]): unknown {
    if (this.#frame !== null) return Reflect.apply(method, self, args);
    guard(() => this.#locks.heldUnder(args[0]).endHoldOf(currentOrRoot()), undefined);
    return this.#within({ taken: false, site: null }, method, self, args);
  }

  /** The arguments with the function that is to run under the lock wrapped, and the callbacks behind it. */
  #wrapFunctions(call: LockCall, frame: Frame, isInner: boolean, args: unknown[], index: number): unknown[] {
    // what the lock itself runs under a key asks for the next key of the same call
    const around: Frame | null = isInner ? { taken: false, site: frame.site } : null;
    return args.map((argument, position) => {
      if (typeof argument !== 'function') return argument;
      return wrapFunction(argument as Callable, (run, self, rest) => {
        if (position === index && !frame.taken) return this.#runHeld(call, around, run, self, rest);
        if (position !== index) guard(() => call.stopWaiting(), undefined);
        return this.#within(null, run, self, rest);
      });
    });
  }

  /** The lock calls the function: the hold lasts until it settles, or until it calls what it was handed for that. */
  #runHeld(call: LockCall, around: Frame | null, run: Callable, self: unknown, args: unknown[]): unknown {
    const hold = guard(() => call.grant(), null);
    if (hold === null) return this.#within(around, run, self, args);
    const end = (): void => guard(() => endHold(hold), undefined);
    const done = args.at(-1);
    const given =
      typeof done === 'function' ? [...args.slice(0, -1), this.#wrapReleaser(done as Callable, hold)] : args;
    let result: unknown;
    try {
      // a lock calls whoever is next where the one before released it, in the context of that one
      result = this.#within(around, run, self, given, call.task);
    } catch (error) {
      end();
      throw error;
    }
    if (given !== args && !types.isPromise(result)) return result;
    return follow(
      result,
      (value) => {
        end();
        return value;
      },
      end,
    );
  }

  #waitForGrant(call: LockCall, result: unknown, tries: boolean, outer: Frame | null): unknown {
    if (!types.isPromise(result)) {
      return isThenable(result) ? result : this.#granted(call, result, tries, outer);
    }
    call.wait();
    return follow(
      result,
      (value) => {
        call.stopWaiting();
        return this.#granted(call, value, tries, outer);
      },
      () => call.stopWaiting(),
    );
  }

  /** What the lock answered: the hold begins, and what will end it is wrapped. */
  #granted(call: LockCall, answer: unknown, tries: boolean, outer: Frame | null): unknown {
    if (answer === false || answer === null || (answer === undefined && tries)) return answer;
    if (outer !== null) outer.taken = true;
    const hold = call.grant();
    if (Array.isArray(answer) && typeof answer[1] === 'function') {
      answer[1] = this.#wrapReleaser(answer[1] as Callable, hold);
      return answer;
    }
    if (typeof answer !== 'function' && typeof answer !== 'object') return answer;
    if (answer !== this.#lock && disposing.some((name) => name in answer)) this.#watchRelease(answer, hold);
    return typeof answer === 'function' ? this.#wrapReleaser(answer as Callable, hold) : answer;
  }

  #wrapReleaser(release: Callable, hold: Hold): Callable {
    return wrapFunction(release, (run, self, args) => {
      guard(() => endHold(hold), undefined);
      return this.#within({ taken: false, site: null }, run, self, args);
    });
  }

  #watchRelease(handedOut: object, hold: Hold): void {
    const isKnown = this.#holds.has(handedOut);
    this.#holds.set(handedOut, hold);
    if (isKnown) return;
    patchMethods(handedOut, disposing, (run, self, args) => {
      const current = this.#holds.get(handedOut);
      if (current !== undefined) guard(() => endHold(current), undefined);
      return this.#within({ taken: false, site: null }, run, self, args);
    });
  }

  /** Calls a function as part of a call of the lock, or (null) as one of the program's own. */
  #within(frame: Frame | null, run: Callable, self: unknown, args: unknown[], task: TaskRecord = rootTask): unknown {
    const before = this.#frame;
    this.#frame = frame;
    try {
      if (task === rootTask || task === currentTask()) return Reflect.apply(run, self, args);
      return callInTask(task, run, self, args);
    } finally {
      this.#frame = before;
    }
  }
}

/** The lock has not called the function yet. If it never does, the promise that it returned says so by rejecting. */
function waitForTurn(call: LockCall, result: unknown): unknown {
  call.wait();
  if (!types.isPromise(result)) return result;
  return follow(
    result,
    (value) => {
      call.stopWaiting();
      return value;
    },
    () => call.stopWaiting(),
  );
}

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value;
}

/** By its methods (async-mutex, async-sema), or by what its class is called. */
function isSemaphore(lock: object): boolean {
  return 'getValue' in lock || 'nrWaiting' in lock || /sema/i.test(lock.constructor?.name ?? '');
}
