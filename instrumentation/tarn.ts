// tarn (the pool of knex): who borrowed a resource and where, who waits for one, what is idle. No promise is replaced: the
// pool tells in the handlers of its own promise when an acquire has succeeded or failed.
import { Instances } from './hook-instances.ts';
import type { Library } from './hook-library.ts';
import { Loans, WrappedPool, type PoolCall } from './pool-record.ts';
import { guard } from './record.ts';

interface Pool {
  readonly min: number;
  readonly max: number;
  readonly acquireTimeoutMillis: number;
  readonly used: readonly unknown[];
  readonly free: readonly unknown[];
  readonly pendingCreates: readonly unknown[];
}

interface PendingOperation {
  readonly promise: PromiseLike<unknown>;
}

const pools = new Instances<Pool, Loans<Pool>>('tarn', (pool, name, identity) => {
  const wrapped = new WrappedPool(name, identity, pool, ({ min, max, used, free, pendingCreates }) => ({
    least: min,
    most: max,
    borrowed: used.length,
    idle: free.length,
    pending: pendingCreates.length,
  }));
  return new Loans(wrapped);
});
const calls = new WeakMap<PendingOperation, { readonly call: PoolCall; readonly loans: Loans<Pool> }>();

export const tarn: Library = {
  name: 'tarn',
  versions: ['3'],
  files: [
    {
      path: 'dist/Pool.js',
      exports: ['Pool'],
      classes: ['Pool'],
      constructed: (pool) => pools.note(pool as Pool),
      edits: [
        { find: /\bthis\.pendingAcquires\.push\(pendingAcquire\);/, replace: '$& $call(ask, pendingAcquire, this);' },
        {
          find: /\bthis\._executeEventHandlers\('acquireSuccess', eventId, resource\);/,
          replace: '$call(lend, pendingAcquire, resource); $&',
        },
        {
          find: /\bthis\._executeEventHandlers\('acquireFail', eventId, err\);/,
          replace: '$call(fail, pendingAcquire, err); $&',
        },
      ],
      calls: {
        ask(pending: PendingOperation, _module, pool: Pool) {
          const loans = pools.of(pool);
          if (loans === null) return;
          const call = loans.pool.ask();
          call.wait(pool.acquireTimeoutMillis);
          calls.set(pending, { call, loans });
        },
        lend(pending: PendingOperation, _module, resource: unknown) {
          const asked = calls.get(pending);
          asked?.loans.lend(asked.call, resource);
        },
        fail(pending: PendingOperation, _module, error: unknown) {
          calls.get(pending)?.call.fail(error);
        },
      },
      patch(module) {
        const { prototype } = module.getClass('Pool');
        module.wrapMethod(prototype, 'release', (method, self, args) => {
          const isReleased: unknown = Reflect.apply(method, self, args);
          if (isReleased === true) guard(() => pools.of(self as Pool)?.release(args[0]), undefined);
          return isReleased;
        });
        module.wrapMethod(prototype, '_create', (method, self, args) => {
          const pending = Reflect.apply(method, self, args) as PendingOperation;
          guard(() => pools.of(self as Pool)?.pool.creating(pending.promise), undefined);
          return pending;
        });
        module.wrapMethod(prototype, '_destroy', (method, self, args) => {
          guard(() => pools.of(self as Pool)?.pool.destroying(), undefined);
          return Reflect.apply(method, self, args);
        });
      },
    },
  ],
};
