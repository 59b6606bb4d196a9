// pg-pool, the pool of pg: who has a client and where it was taken, who waits for one, what is idle. No promise is replaced:
// the pool tells who asked by the callback that it keeps for it.
import { callFor, noteOwn } from './caller-record.ts';
import { Instances } from './hook-instances.ts';
import type { Library } from './hook-library.ts';
import { wrapFunction } from './patch.ts';
import { Loans, WrappedPool } from './pool-record.ts';
import { guard, type Callable } from './record.ts';

interface Pool {
  readonly options: { readonly min: number; readonly max: number; readonly connectionTimeoutMillis?: number };
  readonly _clients: readonly unknown[];
  readonly _idle: readonly unknown[];
  readonly _pendingQueue: readonly unknown[];
}

const pools = new Instances<Pool, Loans<Pool>>('pg', (pool, name, identity) => {
  const read = ({ options, _clients, _idle }: Pool, borrowed: number): ReturnType<typeof readPool> =>
    readPool(options, _clients.length, _idle.length, borrowed);
  return new Loans(new WrappedPool(name, identity, pool, read));
});
/** What is called when a client is connected, or cannot be. */
const connecting = new WeakMap<object, (error?: unknown) => void>();
/** The pool whose `query` calls `connect` now. */
let querying: Pool | null = null;

function readPool(
  { min, max }: Pool['options'],
  total: number,
  idle: number,
  borrowed: number,
): { least: number; most: number; borrowed: number; idle: number; pending: number } {
  return { least: min, most: max, borrowed, idle, pending: Math.max(total - idle - borrowed, 0) };
}

/** The callback that the pool keeps for a call of `connect`. */
function ask(callback: Callable, pool: Pool): Callable | undefined {
  const loans = pools.of(pool);
  if (loans === null) return undefined;
  const call = loans.pool.ask();
  const isQuery = querying === pool;
  querying = null;
  // those that wait already come first
  if (pool._idle.length <= pool._pendingQueue.length) call.wait(pool.options.connectionTimeoutMillis || null);
  return wrapFunction(callback, (method, self, args) => {
    const [error, client] = args;
    guard(() => (client === undefined ? call.fail(error) : loans.lend(call, client)), undefined);
    return callFor(isQuery ? call : null, method, self, args);
  });
}

export const pgPool: Library = {
  name: 'pg-pool',
  versions: ['3'],
  files: [
    {
      path: 'index.js',
      classes: ['Pool'],
      constructed: (pool) => pools.note(pool as Pool),
      edits: [
        {
          find: /\bconst result = response\.result\b/,
          replace: 'response.callback = $call(ask, response.callback, this); $&',
        },
        { find: /\bthis\.connect\(\(err, client\) => \{/, replace: '$call(query, this); $&' },
        { find: /\bthis\._clients\.push\(client\)/, replace: '$&; $call(creating, client, this)' },
        { find: /\bclient\.connect\(\(?err\)? => \{/, replace: '$& $call(connected, client, err);' },
      ],
      calls: {
        ask: (callback: Callable, _module, pool: Pool) => ask(callback, pool),
        query(pool: Pool) {
          querying = pool;
        },
        creating(client: object, _module, pool: Pool) {
          noteOwn(client);
          const end = pools.of(pool)?.pool.making();
          if (end !== undefined) connecting.set(client, end);
        },
        connected(client: object, _module, error: unknown) {
          connecting.get(client)?.(error ?? undefined);
        },
      },
      patch(module) {
        const { prototype } = module.getClass('default');
        module.wrapMethod(prototype, '_release', (method, self, args) => {
          guard(() => pools.of(self as Pool)?.release(args[0]), undefined);
          return Reflect.apply(method, self, args);
        });
        module.wrapMethod(prototype, '_remove', (method, self, args) => {
          guard(() => pools.of(self as Pool)?.pool.destroying(), undefined);
          return Reflect.apply(method, self, args);
        });
      },
    },
  ],
};
