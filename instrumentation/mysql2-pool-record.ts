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
}

const pools = new Instances<Pool, Loans<Pool>>('mysql2', (pool, name, identity) => {
  const wrapped = new WrappedPool(name, identity, pool, ({ config, _allConnections, _freeConnections }, borrowed) => ({
    least: 0,
    most: config.connectionLimit === 0 ? null : config.connectionLimit,
    borrowed,
    idle: _freeConnections.length,
    pending: Math.max(_allConnections.length - _freeConnections.length - borrowed, 0),
  }));
  return new Loans(wrapped);
});
/** Callbacks that are followed already: a pool may ask itself once more for one that waits. */
const asked = new WeakSet<object>();
/** Whether `getConnection` is called by `query` or `execute` of the pool. */
let inQuery = false;

function getConnection(pool: Pool, loans: Loans<Pool>, method: Callable, args: unknown[]): unknown {
  const [callback, ...others] = args;
  const call = guard(() => loans.pool.ask(), null);
  if (call === null) return Reflect.apply(method, pool, args);
  const isQuery = inQuery;
  let made: ((error?: unknown) => void) | null = null;
  const told = wrapFunction(callback as Callable, (own, self, given) => {
    const [error, connection] = given;
    guard(() => {
      made?.(error ?? undefined);
      if (connection === undefined) call.fail(error);
      else loans.lend(call, connection);
    }, undefined);
    return callFor(isQuery ? call : null, own, self, given);
  });
  asked.add(told);
  if (pool._freeConnections.length === 0) call.wait();
  const { length } = pool._allConnections;
  try {
    return Reflect.apply(method, pool, [told, ...others]);
  } finally {
    if (pool._allConnections.length > length) made = loans.pool.making();
  }
}

function patch(module: LoadedModule): void {
  const { prototype } = module.getClass('default');
  if (!Object.hasOwn(prototype, 'getConnection')) return; // since 3.11 it is in the class that this one extends
  module.wrapMethod(prototype, 'getConnection', (method, self, args) => {
    const [callback] = args;
    const loans = typeof callback === 'function' && !asked.has(callback) ? pools.of(self as Pool) : null;
    if (loans === null) return Reflect.apply(method, self, args);
    return getConnection(self as Pool, loans, method, args);
  });
  module.wrapMethods(prototype, ['query', 'execute'], (method, self, args) => {
    inQuery = true;
    try {
      return Reflect.apply(method, self, args);
    } finally {
      inQuery = false;
    }
  });
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

export const poolFiles: readonly LibraryFile[] = [
  { path: 'lib/base/pool.js', classes: ['BasePool'], constructed: (pool) => pools.note(pool as Pool), patch },
  { path: 'lib/pool.js', classes: ['Pool'], constructed: (pool) => pools.note(pool as Pool), patch },
];
