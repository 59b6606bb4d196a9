// async-sema: who waits for a permit, and who holds one. No promise is replaced: a permit is handed to what stands in line.
import { CallSites } from '../src/runtime/call-site.ts';
import { now } from '../src/runtime/clock.ts';
import { currentOrRoot, rootTask } from '../src/runtime/context.ts';
import { Instances } from './hook-instances.ts';
import type { Library } from './hook-library.ts';
import { LockCall, WrappedLock } from './lock-record.ts';
import { guard, type Callable } from './record.ts';

/** What stands in line. */
interface Waiter {
  resolve: (this: void, token: unknown) => void;
}

interface Sema {
  readonly nrTokens: number;
  readonly waiting: { push(waiter: Waiter): unknown };
}

const sites = new CallSites();
const semas = new Instances<Sema, SemaCalls>('async-sema', (sema, name, identity) => {
  return new SemaCalls(new WrappedLock(name, 'semaphore', sema.nrTokens, identity));
});

/** The calls of one semaphore. */
class SemaCalls {
  readonly #lock: WrappedLock;
  /** The call that runs now, until it is known whether it waits. */
  #current: LockCall | null = null;

  constructor(lock: WrappedLock) {
    this.#lock = lock;
  }

  acquire(method: Callable, self: unknown, args: unknown[]): unknown {
    this.#current = guard(() => this.#call(), null);
    try {
      return Reflect.apply(method, self, args);
    } finally {
      this.#current = null;
    }
  }

  /** `acquire` tries first, too. */
  tryAcquire(method: Callable, self: unknown, args: unknown[]): unknown {
    const token: unknown = Reflect.apply(method, self, args);
    if (token !== undefined) guard(() => void (this.#current ?? this.#call()).grant(), undefined);
    return token;
  }

  wait(waiter: Waiter): void {
    const call = this.#current;
    if (call === null) return;
    call.wait();
    const { resolve } = waiter;
    waiter.resolve = (token) => {
      guard(() => void call.grant(), undefined);
      resolve(token);
    };
  }

  release(): void {
    guard(() => this.#lock.endHoldOf(currentOrRoot()), undefined);
  }

  #call(): LockCall {
    const task = currentOrRoot();
    const site = sites.capture(task === rootTask ? this.#lock.name : task.origin.name, now());
    return new LockCall(this.#lock, task, site);
  }
}

export const asyncSema: Library = {
  name: 'async-sema',
  versions: ['3'],
  files: [
    {
      path: 'lib/index.js',
      exports: ['Sema'],
      classes: ['Sema'],
      constructed: (sema) => semas.note(sema as Sema),
      edits: [
        {
          find: /\bthis\.waiting\.push\(\{ resolve, reject \}\)/,
          replace: 'this.waiting.push($call(wait, { resolve, reject }, this))',
        },
      ],
      calls: {
        wait(waiter: Waiter, _module, sema: Sema) {
          semas.of(sema)?.wait(waiter);
          return waiter;
        },
      },
      patch(module) {
        const { prototype } = module.getClass('Sema');
        for (const name of ['acquire', 'tryAcquire'] as const) {
          module.wrapMethod(prototype, name, (method, self, args) => {
            const calls = semas.of(self as Sema);
            return calls === null ? Reflect.apply(method, self, args) : calls[name](method, self, args);
          });
        }
        module.wrapMethod(prototype, 'release', (method, self, args) => {
          semas.of(self as Sema)?.release();
          return Reflect.apply(method, self, args);
        });
      },
    },
  ],
};
