// pg: queries in flight, and who waits for which. No promise is replaced: a client tells by its own handlers when a query
// has ended, whether it has a callback, a promise, or is a cursor.
import { CallSites } from '../src/runtime/call-site.ts';
import { callerNow, isOwn } from './caller-record.ts';
import { Clients, withState } from './client-record.ts';
import type { Library } from './hook-library.ts';
import { wrapFunction } from './patch.ts';
import { guard, type Callable } from './record.ts';
import { shortStatement } from './statement-record.ts';

/** A query, or what a program submits in its place (pg-cursor, pg-query-stream). */
interface Query {
  readonly text?: unknown;
  readonly name?: unknown;
  readonly cursor?: Query;
  readonly _canceledDueToError?: unknown;
}

interface Client {
  readonly host: string | null;
  readonly port: number;
  readonly database?: string | null;
  readonly _activeQuery?: Query | null;
  readonly _queryQueue?: readonly Query[];
  readonly _sentQueryQueue?: readonly Query[];
  /** Before 8.16; after that, to read them prints a warning. */
  readonly activeQuery?: Query | null;
  readonly queryQueue?: readonly Query[];
}

const sites = new CallSites();
const servers = new Clients<Client>(nameOf);
const ends = new WeakMap<Query, (error?: unknown) => void>();

/** `postgres localhost:5432/shop`. */
function nameOf({ host, port, database }: Client): string {
  return `postgres ${host ?? 'localhost'}:${port}${database ? `/${database}` : ''}`;
}

function ask(query: Query, client: Client): void {
  const server = servers.of(client);
  ends.set(
    query,
    server.begin(callerNow(sites, server.name), () => {
      const { text, name } = query.cursor ?? query;
      const operation =
        typeof text === 'string' && text !== '' ? shortStatement(text) : typeof name === 'string' ? name : 'a query';
      const active = activeOf(client);
      return withState(operation, active && active !== query ? 'behind another on its connection' : '');
    }),
  );
}

function end(query: Query | null | undefined, error?: unknown): void {
  if (query !== null && query !== undefined) ends.get(query)?.(error);
}

function activeOf(client: Client): Query | null | undefined {
  return client._activeQuery ?? (Object.hasOwn(client, 'activeQuery') ? client.activeQuery : null);
}

function endAll(client: Client, error: unknown): void {
  end(activeOf(client), error);
  const queued = client._queryQueue ?? (Object.hasOwn(client, 'queryQueue') ? client.queryQueue : undefined);
  for (const query of [...(client._sentQueryQueue ?? []), ...(queued ?? [])]) end(query, error);
}

/** Who calls `connect` waits until the client is ready; a pool that does it tells that itself. */
function connect(client: Client, args: unknown[]): unknown[] {
  const [callback, ...others] = args;
  if (typeof callback !== 'function' || isOwn(client)) return args;
  const server = servers.of(client);
  const connected = server.begin(callerNow(sites, server.name), 'connect');
  const told = wrapFunction(callback as Callable, (method, self, given) => {
    guard(() => connected(given[0] ?? undefined), undefined);
    return Reflect.apply(method, self, given);
  });
  return [told, ...others];
}

export const pg: Library = {
  name: 'pg',
  versions: ['8'],
  files: [
    {
      path: 'lib/client.js',
      edits: [
        { find: /\bthis\._?queryQueue\.push\(query\)/, replace: '$call(ask, query, this); $&' },
        {
          find: /\b(?:const|var) error = new Error\('Query read timeout'\);?/,
          replace: '$&; $call(timedOut, query, error);',
        },
      ],
      calls: {
        ask: (query: Query, _module, client: Client) => ask(query, client),
        timedOut: (query: Query, _module, error: unknown) => end(query, error),
      },
      patch(module) {
        const { prototype } = module.getClass('default');
        module.wrapMethod(prototype, '_connect', (method, self, args) =>
          Reflect.apply(
            method,
            self,
            guard(() => connect(self as Client, args), args),
          ),
        );
        module.wrapMethod(prototype, '_handleReadyForQuery', (method, self, args) => {
          guard(() => {
            const query = activeOf(self as Client);
            end(query, query?._canceledDueToError || undefined);
          }, undefined);
          return Reflect.apply(method, self, args);
        });
        module.wrapMethod(prototype, '_handleErrorMessage', (method, self, args) => {
          guard(() => end(activeOf(self as Client), args[0]), undefined);
          return Reflect.apply(method, self, args);
        });
        module.wrapMethod(prototype, '_errorAllQueries', (method, self, args) => {
          guard(() => endAll(self as Client, args[0]), undefined);
          return Reflect.apply(method, self, args);
        });
      },
    },
    {
      path: 'lib/query.js',
      patch(module) {
        module.wrapMethod(module.getClass('default').prototype, 'handleError', (method, self, args) => {
          guard(() => end(self as Query, args[0]), undefined);
          return Reflect.apply(method, self, args);
        });
      },
    },
  ],
};
