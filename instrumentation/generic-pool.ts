// generic-pool: who borrowed a resource and where, who waits for one, what is idle. No promise is replaced: a request and a
// loan are objects of the pool's own, and tell when they end.
import { Instances } from './hook-instances.ts';
import type { Library } from './hook-library.ts';
import { WrappedPool, type PoolCall } from './pool-record.ts';
import { guard } from './record.ts';
import { endHold } from './hold-record.ts';

interface Deferred {
  resolve: (this: void, value?: unknown) => void;
  reject: (this: void, reason: unknown) => void;
}

interface Pool {
  readonly min: number;
  readonly max: number;
  readonly borrowed: number;
  readonly available: number;
  readonly _config: { readonly acquireTimeoutMillis?: number };
  readonly _factoryCreateOperations: ReadonlySet<unknown>;
  readonly _testOnBorrowResources: ReadonlySet<unknown>;
  readonly _resourceLoans: ReadonlyMap<unknown, Deferred>;
}

const pools = new Instances<Pool, WrappedPool<Pool>>('generic-pool', (pool, name, identity) => {
  return new WrappedPool(name, identity, pool, (instance) => ({
    least: instance.min,
    most: instance.max,
    borrowed: instance.borrowed,
    idle: instance.available,
    pending: instance._factoryCreateOperations.size + instance._testOnBorrowResources.size,
  }));
});
/** Calls that run now, innermost last, until it is known whether they wait. */
const current: PoolCall[] = [];

function acquire(wrapped: WrappedPool<Pool>, pool: Pool, run: () => unknown): unknown {
  const call = guard(() => wrapped.ask(), null);
  if (call === null) return run();
  current.push(call);
  try {
    return run();
  } finally {
    // refused, it made no request
    if (current.at(-1) === call) current.pop();
    else guard(() => call.wait(pool._config.acquireTimeoutMillis ?? null), undefined);
  }
}

function follow(request: Deferred, pool: Pool): void {
  const call = current.pop();
  if (call === undefined) return;
  const { resolve, reject } = request;
  request.resolve = (value) => {
    guard(() => lend(call, pool._resourceLoans.get(value)), undefined);
    Reflect.apply(resolve, request, [value]);
  };
  request.reject = (reason) => {
    guard(() => call.fail(reason), undefined);
    Reflect.apply(reject, request, [reason]);
  };
}

/** A loan is resolved when its resource is released or destroyed. */
function lend(call: PoolCall, loan: Deferred | undefined): void {
  const hold = call.lend();
  if (loan === undefined) return;
  const { resolve } = loan;
  loan.resolve = (value) => {
    guard(() => endHold(hold), undefined);
    Reflect.apply(resolve, loan, [value]);
  };
}

export const genericPool: Library = {
  name: 'generic-pool',
  versions: ['3'],
  files: [
    {
      path: 'lib/Pool.js',
      classes: ['Pool'],
      constructed: (pool) => pools.note(pool as Pool),
      edits: [
        {
          find: /\bthis\._waitingClientsQueue\.enqueue\(resourceRequest, priority\)/,
          replace: '$call(request, resourceRequest, this); $&',
        },
        {
          find: /\bthis\._trackOperation\(wrappedFactoryPromise,/,
          replace: 'this._trackOperation($call(creating, wrappedFactoryPromise, this),',
        },
      ],
      calls: {
        request(request: Deferred, _module, pool: Pool) {
          follow(request, pool);
        },
        creating(made: PromiseLike<unknown>, _module, pool: Pool) {
          pools.of(pool)?.creating(made);
        },
      },
      patch(module) {
        const { prototype } = module.getClass('default');
        module.wrapMethod(prototype, 'acquire', (method, self, args) => {
          const wrapped = pools.of(self as Pool);
          const run = (): unknown => Reflect.apply(method, self, args);
          return wrapped === null ? run() : acquire(wrapped, self as Pool, run);
        });
        module.wrapMethod(prototype, '_destroy', (method, self, args) => {
          pools.of(self as Pool)?.destroying();
          return Reflect.apply(method, self, args);
        });
      },
    },
  ],
};
