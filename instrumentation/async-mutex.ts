// async-mutex: who waits for a mutex or semaphore, and who holds it. A mutex is a semaphore inside; only that one is looked
// at. No promise is replaced: a lock is granted where the library makes the function that releases it.
import type { Hold } from '../src/channels/resource.ts';
import { CallSites } from '../src/runtime/call-site.ts';
import { now } from '../src/runtime/clock.ts';
import { currentOrRoot, rootTask } from '../src/runtime/context.ts';
import type { Identity } from '../src/runtime/resource.ts';
import { park, unpark } from '../src/runtime/wait.ts';
import { Instances } from './hook-instances.ts';
import type { Library, LibraryFile } from './hook-library.ts';
import type { LoadedModule } from './hook-module.ts';
import { endHold } from './hold-record.ts';
import { LockCall, WrappedLock } from './lock-record.ts';
import { isWrapped } from './patch.ts';
import { follow, guard, type Callable } from './record.ts';

/** What stands in the queues of a semaphore. */
interface Waiter {
  resolve: (this: void, ticket: readonly [number, Callable]) => void;
  reject: (this: void, error: unknown) => void;
}

interface Semaphore {
  readonly _queue?: Waiter[];
  readonly _weightedQueues?: (Waiter[] | undefined)[];
  getValue(): number;
}

const sites = new CallSites();
const mutexes = new WeakMap<Semaphore, WeakRef<object>>();
let constructed: object | null = null;

const semaphores = new Instances<Semaphore, SemaphoreCalls>('async-mutex', (semaphore, name, identity) => {
  return new SemaphoreCalls(semaphore, name, identity);
});

/** Its calls; null where the program has wrapped its mutex itself. */
function callsOf(semaphore: unknown): SemaphoreCalls | null {
  const mutex = mutexes.get(semaphore as Semaphore)?.deref();
  return mutex !== undefined && isWrapped(mutex) ? null : semaphores.of(semaphore as Semaphore);
}

/** The calls of one semaphore. */
class SemaphoreCalls {
  readonly #lock: WrappedLock;
  /** Holds by the function that releases them. */
  readonly #holds: WeakMap<Callable, Hold> = new WeakMap();
  readonly #known: WeakSet<Waiter> = new WeakSet();
  /** The releasers that were made in the course of a call. */
  #made: Callable[] = [];
  #releases = 0;

  constructor(semaphore: Semaphore, name: string, identity: Identity) {
    const isMutex = mutexes.has(semaphore);
    const permits = semaphore.getValue();
    this.#lock = new WrappedLock(name, isMutex ? 'lock' : 'semaphore', permits > 0 ? permits : null, identity);
  }

  acquire(method: Callable, self: Semaphore, args: unknown[]): unknown {
    this.#made = [];
    const result: unknown = Reflect.apply(method, self, args);
    guard(() => {
      const task = currentOrRoot();
      const name = task === rootTask ? this.#lock.name : task.origin.name;
      const call = new LockCall(this.#lock, task, sites.capture(name, now()));
      const releaser = this.#made.pop();
      const waiter = releaser === undefined ? this.#newWaiter(self, args[0]) : undefined;
      if (releaser !== undefined) this.#holds.set(releaser, call.grant());
      else if (waiter !== undefined) this.#wait(call, waiter);
    }, undefined);
    return result;
  }

  /** A releaser is made where a lock is granted; whom it is for is told by what it is handed to. */
  newReleaser(method: Callable, self: unknown, args: unknown[], module: LoadedModule): unknown {
    const releaser = module.wrap(Reflect.apply(method, self, args) as Callable, (release, that, rest) => {
      guard(() => {
        const hold = this.#holds.get(releaser);
        if (hold !== undefined) endHold(hold);
      }, undefined);
      this.#releases++;
      try {
        return Reflect.apply(release, that, rest);
      } finally {
        this.#releases--;
      }
    });
    this.#made.push(releaser);
    return releaser;
  }

  /** Of a release that does not say whose it is. */
  release(): void {
    if (this.#releases === 0) guard(() => this.#lock.endHoldOf(currentOrRoot()), undefined);
  }

  waitForUnlock(result: unknown): unknown {
    return guard(() => {
      const wait = park('acquire', this.#lock);
      return follow(
        result,
        (value) => {
          unpark(wait);
          return value;
        },
        () => unpark(wait),
        true, // it never rejects
      );
    }, result);
  }

  #wait(call: LockCall, waiter: Waiter): void {
    this.#known.add(waiter);
    call.wait();
    const { resolve, reject } = waiter;
    waiter.resolve = (ticket) => {
      guard(() => void this.#holds.set(ticket[1], call.grant()), undefined);
      this.#made = [];
      resolve(ticket);
    };
    waiter.reject = (error) => {
      guard(() => call.stopWaiting(), undefined);
      reject(error);
    };
  }

  #newWaiter({ _queue, _weightedQueues }: Semaphore, weight: unknown): Waiter | undefined {
    const queue = _queue ?? _weightedQueues?.[(typeof weight === 'number' ? weight : 1) - 1];
    return queue?.findLast((waiter) => !this.#known.has(waiter));
  }
}

function patchSemaphore(module: LoadedModule, prototype: object): void {
  module.wrapMethod(prototype, 'acquire', (method, self, args) => {
    const calls = callsOf(self);
    return calls === null ? Reflect.apply(method, self, args) : calls.acquire(method, self as Semaphore, args);
  });
  module.wrapMethod(prototype, '_newReleaser', (method, self, args) => {
    const calls = callsOf(self);
    return calls === null ? Reflect.apply(method, self, args) : calls.newReleaser(method, self, args, module);
  });
  module.wrapMethod(prototype, 'release', (method, self, args) => {
    callsOf(self)?.release();
    return Reflect.apply(method, self, args);
  });
  module.wrapMethods(prototype, ['waitForUnlock'], (method, self, args) => {
    const result: unknown = Reflect.apply(method, self, args);
    return callsOf(self)?.waitForUnlock(result) ?? result;
  });
}

const calls: NonNullable<LibraryFile['calls']> = {
  mutex(mutex: object) {
    constructed = mutex;
  },
  semaphore(semaphore: Semaphore) {
    if (constructed !== null) mutexes.set(semaphore, new WeakRef(constructed));
    constructed = null;
    semaphores.note(semaphore);
  },
};

const madeMutex = '$& $call(mutex, this);';
const madeSemaphore = '$& $call(semaphore, this);';

export const asyncMutex: Library = {
  name: 'async-mutex',
  versions: ['0.4', '0.5'],
  files: [
    {
      path: 'index.mjs',
      exports: ['Semaphore'],
      edits: [
        { find: /\bconstructor\(cancelError\) \{/, replace: madeMutex },
        { find: /\bconstructor\(_value, _cancelError = E_CANCELED\) \{/, replace: madeSemaphore },
      ],
      calls,
      patch: (module) => patchSemaphore(module, module.getClass('Semaphore').prototype),
    },
    {
      path: 'lib/Semaphore.js',
      edits: [{ find: /\bfunction Semaphore\(_value, _cancelError\) \{/, replace: madeSemaphore }],
      calls,
      patch: (module) => patchSemaphore(module, module.getClass('default').prototype),
    },
    {
      path: 'lib/Mutex.js',
      edits: [{ find: /\bfunction Mutex\(cancelError\) \{/, replace: madeMutex }],
      calls,
    },
  ],
};
