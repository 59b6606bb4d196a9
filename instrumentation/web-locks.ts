// Web Locks, `navigator.locks`, Node 24 and later: who waits for a name, and who holds it. Their channels say only name and
// mode, so that `request` is patched, too; and not before the program asks for it, for to load it takes 6 ms.
import { channel } from 'node:diagnostics_channel';
import type { Hold } from '../src/channels/resource.ts';
import { CallSites } from '../src/runtime/call-site.ts';
import { now } from '../src/runtime/clock.ts';
import { currentOrRoot } from '../src/runtime/context.ts';
import { identify } from '../src/runtime/resource.ts';
import { LockCall, WrappedLock } from './lock-record.ts';
import { onFirstGet } from './hook-getter.ts';
import { wrapFunction } from './patch.ts';
import { follow, guard, type Callable } from './record.ts';
import { signalOf } from './queue-record.ts';

const mostNames = 1000;
const sites = new CallSites();
const byName = new Map<string, WrappedLock>();
/** What is published while `request` runs: that what it was given is in order. */
const asked = channel('locks.request.start');
let current: Request | null = null;

interface Held {
  readonly held: readonly { readonly name: string }[];
}

interface Locks {
  readonly query: () => Promise<Held>;
}

/** One call of `request`. */
class Request {
  #call: LockCall | null = null;
  #hold: Hold | null = null;
  readonly #locks: Locks;
  readonly #options: unknown;

  constructor(locks: Locks, options: unknown) {
    this.#locks = locks;
    this.#options = options;
  }

  /** It stands in line from now on, unless it is free. */
  wait(name: string, isShared: boolean): void {
    const lock = lockOf(name, isShared);
    if (lock === null) return;
    const call = new LockCall(lock, currentOrRoot(), sites.capture(lock.name, now()));
    this.#call = call;
    call.wait();
    const signal = signalOf(this.#options);
    signal?.addEventListener('abort', () => guard(() => call.stopWaiting(), undefined), { once: true });
  }

  /** @param given the lock; null where it was asked for only if it is free, and is not */
  run(callback: Callable, self: unknown, [given]: readonly unknown[]): unknown {
    guard(() => (given === null ? this.end() : this.#grant()), undefined);
    let result: unknown;
    try {
      result = Reflect.apply(callback, self, [given]);
    } catch (error) {
      guard(() => this.#thrown(), undefined);
      throw error;
    }
    // what handles its rejection is Node, which hands it to whoever asked for the lock
    const end = (value: unknown): unknown => {
      this.end();
      return value;
    };
    return follow(result, end, end, true);
  }

  end(): void {
    this.#call?.stopWaiting();
    if (this.#hold !== null) this.#call?.lock.holds.end(this.#hold);
    if (this.#call?.lock.isIdle === true) byName.delete(this.#call.lock.name);
  }

  /** Node 24 and 26 never release the lock of a callback that throws at once; whether this one does it has to say. */
  #thrown(): void {
    const lock = this.#call?.lock;
    if (lock === undefined || this.#hold === null) return;
    const compare = ({ held }: Held): void => {
      const count = held.filter(({ name }) => lock.name === keyOf(name)).length;
      if (count < lock.holds.size) this.end();
    };
    void this.#locks.query().then((state) => guard(() => compare(state), undefined), ignore);
  }

  #grant(): void {
    const lock = this.#call?.lock;
    const { steal } = Object(this.#options) as { readonly steal?: boolean };
    if (steal === true) for (const hold of lock?.holders() ?? []) lock?.holds.end(hold);
    this.#hold = this.#call?.grant() ?? null;
  }
}

/** Sees what the program asks of the `locks` of this navigator. Returns what puts everything back. */
export function watchWebLocks(navigator: object): () => void {
  let end = (): void => {};
  const endGet = onFirstGet(Object.getPrototypeOf(navigator) as object, 'locks', (locks) => (end = patch(locks)));
  return () => {
    endGet();
    end();
  };
}

function patch(locks: object): () => void {
  const prototype = Object.getPrototypeOf(locks) as Record<string, unknown>;
  const descriptor = Object.getOwnPropertyDescriptor(prototype, 'request');
  const request: unknown = descriptor?.value;
  if (descriptor === undefined || typeof request !== 'function') return () => {};
  const value = wrapFunction(request as Callable, callRequest);
  Object.defineProperty(prototype, 'request', { ...descriptor, value });
  const listener = (message: unknown): void => guard(() => noteAsked(message as never), undefined);
  asked.subscribe(listener);
  return () => {
    asked.unsubscribe(listener);
    if (prototype.request === value) Object.defineProperty(prototype, 'request', descriptor);
  };
}

function callRequest(method: Callable, self: unknown, args: unknown[]): unknown {
  const index = args[2] === undefined ? 1 : 2;
  const callback = args[index];
  if (typeof callback !== 'function') return Reflect.apply(method, self, args);
  const before = current;
  const request = new Request(self as Locks, index === 2 ? args[1] : null);
  current = request;
  try {
    const given = args.with(
      index,
      wrapFunction(callback as Callable, (run, own, call) => request.run(run, own, call)),
    );
    return Reflect.apply(method, self, given);
  } finally {
    current = before;
  }
}

function noteAsked({ name, mode }: { readonly name: string; readonly mode: string }): void {
  const request = current;
  current = null;
  request?.wait(name, mode === 'shared');
}

/** The lock of a name: it is held by one, or shared by many. */
function lockOf(name: string, isShared: boolean): WrappedLock | null {
  const key = keyOf(name);
  let lock = byName.get(key);
  if (lock === undefined && byName.size < mostNames) {
    lock = new WrappedLock(key, 'lock', isShared ? null : 1, identify(key));
    byName.set(key, lock);
  }
  return lock ?? null;
}

function keyOf(name: string): string {
  return `navigator.locks ${name}`;
}

function ignore(): void {
  // then it is held for all that is known
}
