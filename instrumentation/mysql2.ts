// mysql2: queries in flight, and who waits for which. Its own channels take part in how errors of a query without a callback
// and of a connection are handled; so a command is followed by where the library ends it.
import { CallSites } from '../src/runtime/call-site.ts';
import { callerNow, isOwn, noteOwn } from './caller-record.ts';
import { Clients, withState } from './client-record.ts';
import type { Library, LibraryFile } from './hook-library.ts';
import type { LoadedModule } from './hook-module.ts';
import { poolFiles, withoutBase } from './mysql2-pool-record.ts';
import { guard } from './record.ts';
import { shortStatement } from './statement-record.ts';

interface Command {
  readonly sql?: unknown;
  readonly query?: unknown;
}

interface Connection {
  readonly config: {
    readonly host?: string;
    readonly port?: number;
    readonly socketPath?: string;
    readonly database?: string;
    readonly isServer?: boolean;
  };
  readonly _command?: Command | null;
  readonly _commands: { readonly length: number; get(index: number): Command | undefined };
  readonly _fatalError?: unknown;
}

const sites = new CallSites();
const servers = new Clients<Connection>(nameOf);
const ends = new WeakMap<Command, (error?: unknown) => void>();
/** The statement of the call of `query`: what is sent has its values in it. */
let statement: unknown = null;
/** What a program asks for, by the names of the classes of commands; the others are for the library itself. */
const words: ReadonlyMap<string, string> = new Map([
  ['Query', ''],
  ['Execute', ''],
  ['Prepare', 'PREPARE '],
  ['Ping', 'ping'],
  ['ChangeUser', 'change user'],
  ['ResetConnection', 'reset connection'],
  ['Quit', 'quit'],
]);

function nameOf({ config: { host, port, socketPath, database } }: Connection): string {
  return `mysql ${socketPath ?? `${host ?? 'localhost'}:${port ?? 3306}`}${database ? `/${database}` : ''}`;
}

function add(connection: Connection, command: Command): void {
  const { name } = command.constructor;
  const word = words.get(name);
  if (word === undefined || connection.config.isServer === true || isOwn(command)) return;
  const text = (name === 'Query' ? statement : null) ?? command.sql ?? command.query;
  statement = null;
  const server = servers.of(connection);
  const done = server.begin(callerNow(sites, server.name), () => {
    const operation = typeof text === 'string' ? word + shortStatement(text, 'mysql') : word;
    const active = connection._command;
    return withState(operation, active && active !== command ? 'behind another on its connection' : '');
  });
  ends.set(command, done);
}

function end(command: Command | null | undefined, error?: unknown): void {
  if (command !== null && command !== undefined) ends.get(command)?.(error);
}

function endAll({ _command, _commands, _fatalError }: Connection, error: unknown): void {
  if (_fatalError) return; // nobody is told any more
  end(_command, error);
  for (let index = 0; index < _commands.length; index++) end(_commands.get(index), error);
}

function textOf(sql: unknown): unknown {
  return typeof sql === 'object' && sql !== null ? Reflect.get(sql, 'sql') : sql;
}

function patchConnection(module: LoadedModule): void {
  module.wrapMethod(module.getClass('default').prototype, '_notifyError', (method, self, args) => {
    guard(() => endAll(self as Connection, args[0]), undefined);
    return Reflect.apply(method, self, args);
  });
}

const connectionFile: Omit<LibraryFile, 'path'> = {
  edits: [
    { find: /\baddCommand\(cmd\) \{/, replace: '$& $call(add, cmd, this);' },
    { find: /(?<=\n {2})query\(sql, values, cb\) \{/, replace: '$& $call(query, sql);' },
    { find: /\bthis\.addCommand\(prepareCommand\);/, replace: '$call(preparing, prepareCommand); $&' },
  ],
  calls: {
    add: (command: Command, _module, connection: Connection) => add(connection, command),
    query(sql: unknown) {
      statement = textOf(sql);
    },
    preparing: (command: Command) => noteOwn(command),
  },
  patch: patchConnection,
};

/** A query that its own time limit ends. */
function patchTimeout(module: LoadedModule): void {
  module.wrapMethods(module.getClass('default').prototype, ['_handleTimeoutError'], (method, self, args) => {
    guard(() => end(self as Command, new Error('the query timed out')), undefined);
    return Reflect.apply(method, self, args);
  });
}

export const mysql2: Library = {
  name: 'mysql2',
  versions: ['3'],
  files: [
    ...poolFiles,
    { path: 'lib/base/connection.js', ...connectionFile },
    { path: 'lib/connection.js', versions: withoutBase, ...connectionFile },
    { path: 'lib/commands/query.js', patch: patchTimeout },
    {
      path: 'lib/commands/command.js',
      edits: [
        {
          find: /\bconst err = packet\.asError\(connection\.clientEncoding\);/,
          replace: '$& $call(failed, this, err);',
        },
        { find: /(?<=return false;\s+\}\s+)this\.emit\('end'\);/, replace: '$call(ended, this); $&' },
      ],
      calls: {
        failed: (command: Command, _module, error: unknown) => end(command, error),
        ended: (command: Command) => end(command),
      },
    },
  ],
};
