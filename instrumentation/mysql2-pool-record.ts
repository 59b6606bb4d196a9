// The pool of mysql2: who has a connection and where it was taken, who waits for one, what is idle.
import { callFor } from './caller-record.ts';
import { Instances } from './hook-instances.ts';
import type { LibraryFile } from './hook-library.ts';
import type { LoadedModule } from './hook-module.ts';
import { wrapFunction } from './patch.ts';
import { Loans, WrappedPool } from './pool-record.ts';
import { guard, type Callable } from './record.ts';

interface Sized {
  readonly length: number;
}

interface Pool {
  readonly config: { readonly connectionLimit: number };
  readonly _allConnections: Sized;
  readonly _freeConnections: Sized;
  readonly _closed: boolean;
}

const pools = new Instances<Pool, Loans<Pool>>('mysql2', (pool, name, identity) => {
  const wrapped = new WrappedPool(
    name,
    identity,
    pool,
    ({ config, _allConnections, _freeConnections, _closed }, borrowed) => ({
      least: 0,
      most: config.connectionLimit === 0 ? null : config.connectionLimit,
      borrowed,
      idle: _freeConnections.length,
      pending: _closed ? 0 : Math.max(_allConnections.length - _freeConnections.length - borrowed, 0),
    }),
  );
  return new Loans(wrapped);
});
/** Callbacks that are followed already: a pool may ask itself once more for one that waits. */
const asked = new WeakSet<object>();
/** The pool whose `query` or `execute` calls `getConnection` now. */
let querying: Pool | null = null;
/** Told when the connection is made that a pool makes now. */
let created: ((made: (error?: unknown) => void) => void) | null = null;

/** The callback that the pool keeps for a call of `getConnection`. */
function ask(callback: unknown, pool: Pool): Callable | undefined {
  const isQuery = querying === pool;
  querying = null;
  created = null;
  const loans = typeof callback === 'function' && !asked.has(callback) ? pools.of(pool) : null;
  if (loans === null) return undefined;
  const call = loans.pool.ask();
  let made: ((error?: unknown) => void) | null = null;
  created = (end) => (made = end);
  if (pool._freeConnections.length === 0) call.wait();
  const told = wrapFunction(callback as Callable, (method, self, args) => {
    const [error, connection] = args;
    guard(() => {
      made?.(error ?? undefined);
      if (connection === undefined) call.fail(error);
      else loans.lend(call, connection);
    }, undefined);
    return callFor(isQuery ? call : null, method, self, args);
  });
  asked.add(told);
  return told;
}

function patch(module: LoadedModule): void {
  const { prototype } = module.getClass('default');
  module.wrapMethod(prototype, 'releaseConnection', (method, self, args) => {
    guard(() => pools.of(self as Pool)?.release(args[0]), undefined);
    return Reflect.apply(method, self, args);
  });
  module.wrapMethods(prototype, ['_removeConnection'], (method, self, args) => {
    guard(() => pools.of(self as Pool)?.pool.destroying(), undefined);
    return Reflect.apply(method, self, args);
  });
  module.wrapMethod(prototype, 'end', (method, self, args) => {
    guard(() => pools.of(self as Pool)?.releaseAll(), undefined); // it closes what was not given back, too
    return Reflect.apply(method, self, args);
  });
}

const poolFile: Omit<LibraryFile, 'path'> = {
  constructed: (pool) => pools.note(pool as Pool),
  edits: [
    { find: /(?<=\n {2})getConnection\(cb\) \{/, replace: '$& cb = $call(ask, cb, this);' },
    { find: /\bthis\._allConnections\.push\(connection\);/, replace: '$& $call(creating, this);' },
    { find: /\bthis\.getConnection\(\(err, conn\) => \{/g, replace: '$call(query, this); $&' },
  ],
  calls: {
    ask: (callback: unknown, _module, pool: Pool) => ask(callback, pool),
    creating(pool: Pool) {
      const end = pools.of(pool)?.pool.making();
      if (end !== undefined) created?.(end);
    },
    query(pool: Pool) {
      querying = pool;
    },
  },
  patch,
};

/** Before 3.11.5 there is one class where there are two since. */
export const withoutBase: readonly string[] = [
  ...Array.from({ length: 11 }, (_, minor) => `3.${minor}`),
  ...Array.from({ length: 5 }, (_, patchLevel) => `3.11.${patchLevel}`),
];

export const poolFiles: readonly LibraryFile[] = [
  { path: 'lib/base/pool.js', classes: ['BasePool'], ...poolFile },
  { path: 'lib/pool.js', classes: ['Pool'], versions: withoutBase, ...poolFile },
];
