// node-redis (`redis`, `@redis/client`): commands in flight and not sent yet, who has a client of a pool and who waits for
// one. With a subscriber to its own channels its promises settle later; so the call that settles them tells it instead.
import { CallSites } from '../src/runtime/call-site.ts';
import { callFor, callerNow } from './caller-record.ts';
import { Clients, withState } from './client-record.ts';
import { Instances } from './hook-instances.ts';
import type { Library } from './hook-library.ts';
import type { LoadedModule } from './hook-module.ts';
import { wrapFunction } from './patch.ts';
import { endHold } from './hold-record.ts';
import { WrappedPool } from './pool-record.ts';
import { guard, type Callable } from './record.ts';
import { blocksFor, commandText, isIdle, serverName } from './redis-record.ts';

type Settle = (this: void, value: unknown) => void;
type Words = readonly unknown[];

interface Client {
  readonly isReady: boolean;
  readonly options?: {
    readonly database?: number;
    readonly socket?: { readonly host?: string; readonly port?: number; readonly path?: string };
  };
}

/** What is being sent, and how many commands it consists of. */
interface Sending {
  readonly client: Client;
  readonly batch: string | null;
  left: number;
  end: ((error?: unknown) => void) | null;
}

/** What settles the promise of a command that is put into the queue of a connection. */
interface Added {
  readonly resolve: Settle;
  readonly reject: Settle;
  readonly args: Words;
  readonly queue: object;
}

/** What settles the promise of a call of `execute` of a pool, and the function that gets the client. */
interface Executed {
  readonly resolve: Settle;
  readonly reject: Settle;
  readonly fn: Callable;
}

interface Pool {
  readonly idleClients: number;
  readonly totalClients: number;
}

interface PoolOptions {
  readonly minimum: number;
  readonly maximum: number;
  readonly acquireTimeout: number;
}

const sites = new CallSites();
const servers = new Clients<Client>(nameOf);
/** Null for what the library sends for itself, as a connection is made. */
let sending: Sending | null = null;
/** Commands in flight that block all behind them, by the queue of their connection. */
const blocking = new WeakMap<object, Set<Words>>();
const poolOptions = new WeakMap<Pool, PoolOptions>();
const pools = new Instances<Pool, WrappedPool<Pool>>('redis', (pool, name, identity) => {
  return new WrappedPool(name, identity, pool, ({ idleClients, totalClients }, borrowed) => ({
    least: poolOptions.get(pool)?.minimum ?? 0,
    most: poolOptions.get(pool)?.maximum ?? null,
    borrowed,
    idle: idleClients,
    pending: Math.max(totalClients - idleClients - borrowed, 0),
  }));
});

function nameOf({ options }: Client): string {
  const { host = 'localhost', port = 6379, path } = options?.socket ?? {};
  return path === undefined
    ? serverName(host, port, options?.database)
    : serverName(path, undefined, options?.database);
}

function textOf([name, ...args]: Words): string {
  return commandText(String(name), args);
}

/** A command is put into a queue; of a batch the first begins the wait, and the last ends it. */
function add({ resolve, reject, args, queue }: Added): Pick<Added, 'resolve' | 'reject'> | undefined {
  const own = sending;
  if (own === null || isIdle(String(args[0]), args.slice(1))) return undefined;
  own.end ??= begin(own, args, queue);
  const { end } = own;
  if (--own.left > 0) return undefined;
  return {
    resolve(value) {
      guard(() => end(), undefined);
      resolve(value);
    },
    reject(error) {
      guard(() => end(error ?? new Error('no reason was given')), undefined);
      reject(error);
    },
  };
}

function begin({ client, batch }: Sending, args: Words, queue: object): (error?: unknown) => void {
  const blocksMs = batch === null ? blocksFor(String(args[0]), args.slice(1)) : null;
  const server = servers.of(client);
  const state = (): string => {
    if (!client.isReady) return 'not sent: not connected';
    const [first] = blocking.get(queue) ?? [];
    if (first === args) return 'blocks until there is something';
    return first === undefined ? '' : `behind ${textOf(first)}, which blocks`;
  };
  const end = server.begin(
    callerNow(sites, server.name),
    () => withState(batch ?? textOf(args), state()),
    blocksMs === Infinity ? null : blocksMs,
  );
  if (blocksMs === null) return end;
  const others = blocking.get(queue) ?? new Set();
  blocking.set(queue, others.add(args));
  return (error) => {
    others.delete(args);
    end(error);
  };
}

/** Calls what puts commands into the queue at once. */
function send(own: Sending, method: Callable, self: unknown, args: readonly unknown[]): unknown {
  const before = sending;
  sending = own;
  try {
    return Reflect.apply(method, self, args);
  } finally {
    sending = before;
  }
}

function patchBatches(module: LoadedModule): void {
  const { prototype } = module.getClass('default');
  module.wrapMethods(prototype, ['_executePipeline', '_executeMulti'], (method, self, args) => {
    const { length } = args[0] as Words;
    const isMulti = method.name === '_executeMulti';
    const batch = `${isMulti ? 'MULTI' : 'pipeline'} of ${length}`;
    return send({ client: self as Client, batch, left: isMulti ? length + 2 : length, end: null }, method, self, args);
  });
}

/** A client is asked for; it is in use from the call of the function until its promise settles. */
function execute({ resolve, reject, fn }: Executed, pool: Pool): Executed | undefined {
  const wrapped = pools.of(pool);
  if (wrapped === null) return undefined;
  const call = wrapped.ask();
  if (pool.idleClients === 0) call.wait(poolOptions.get(pool)?.acquireTimeout || null);
  let release = (error?: unknown): void => call.fail(error);
  return {
    fn: wrapFunction(fn, (method, self, args) => {
      guard(() => {
        const hold = call.lend();
        release = () => endHold(hold);
      }, undefined);
      return callFor({ task: call.task, site: call.site, isFallback: true }, method, self, args);
    }),
    resolve(value) {
      guard(() => release(), undefined);
      resolve(value);
    },
    reject(error) {
      guard(() => release(error), undefined);
      reject(error);
    },
  };
}

export const redis: Library = {
  name: '@redis/client',
  versions: ['5', '6'],
  files: [
    {
      path: 'dist/lib/client/index.js',
      edits: [
        {
          find: /\bconst promise = this\._self\.#queue\.addCommand\(args, \w+\);/,
          replace: '$call(send, this); $& $call(sent, this);',
        },
      ],
      calls: {
        send(client: Client) {
          sending = { client, batch: null, left: 1, end: null };
        },
        sent() {
          sending = null;
        },
      },
      patch: patchBatches,
    },
    {
      path: 'dist/lib/client/commands-queue.js',
      edits: [
        {
          find: /\breturn new Promise\(\(resolve, reject\) => \{(?=\s+(?:let node;\s+)?const value = \{\s+args,)/,
          replace: '$& ({ resolve, reject } = $call(add, { resolve, reject, args, queue: this }));',
        },
      ],
      calls: { add: (added: Added) => add(added) },
    },
    {
      path: 'dist/lib/client/pool.js',
      classes: ['RedisClientPool'],
      constructed: (pool) => pools.note(pool as Pool),
      edits: [
        {
          find: /\bthis\.#options = \{\s+\.\.\.\w+\.#DEFAULTS,\s+\.\.\.options\s+\};/,
          replace: '$& $call(options, { value: this.#options }, this);',
        },
        {
          find: /\bexecute\(fn\) \{\s+return new Promise\(\(resolve, reject\) => \{/,
          replace: '$& ({ resolve, reject, fn } = $call(execute, { resolve, reject, fn }, this._self));',
        },
      ],
      calls: {
        options({ value }: { readonly value: PoolOptions }, _module, pool: Pool) {
          poolOptions.set(pool, value);
        },
        execute: (executed: Executed, _module, pool: Pool) => execute(executed, pool),
      },
    },
  ],
};
