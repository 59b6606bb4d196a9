// ioredis: commands in flight and in its offline queue, and who waits for which. Its own channels replace promises, hide
// rejections that nobody handles, and say nothing of what is not sent; so a command is followed by what settles it.
import { CallSites } from '../src/runtime/call-site.ts';
import { callerNow, isInLibrary, type Caller } from './caller-record.ts';
import { Clients, type Client, withState } from './client-record.ts';
import type { Library } from './hook-library.ts';
import { guard } from './record.ts';
import { blocksFor, commandText, isIdle, serverName } from './redis-record.ts';

interface Command {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly pipelineIndex?: number;
  resolve: (this: unknown, value: unknown) => unknown;
  reject: (this: unknown, error: unknown) => unknown;
}

interface Redis {
  readonly status: string;
  /** Sent and not answered, in order. */
  readonly commandQueue?: { peekFront?(): { readonly command: Command } | undefined };
  readonly options: {
    readonly host?: string;
    readonly port?: number;
    readonly path?: string;
    readonly db?: number;
    readonly enableAutoPipelining?: boolean;
  };
}

interface Pipeline {
  readonly redis: Redis;
  readonly length: number;
  readonly _queue: readonly Command[];
}

const sites = new CallSites();
const servers = new Clients<Redis>(nameOf);
/** What ends the wait for a command that is under way. */
const ends = new WeakMap<Command, (error?: unknown) => void>();
/** What the library sends to set up a connection. */
const handshake = new Set(['auth', 'client', 'hello', 'info', 'readonly', 'select']);
/** Whose commands are sent now. */
let executed: Pipeline | null = null;

function nameOf({ options }: Redis): string {
  const { host = 'localhost', port = 6379, path, db } = options;
  return typeof path === 'string' ? serverName(path, undefined, db) : serverName(host, port, db);
}

/** A command is given to a connection; it may come back to be sent again. */
function send(redis: Redis, command: Command): void {
  if (ends.has(command) || isIdle(command.name, command.args)) return;
  const pipeline = executed;
  const last = pipeline === null || command.pipelineIndex === undefined ? command : pipeline._queue.at(-1);
  if (last === undefined || (last !== command && command.pipelineIndex !== 0)) return;
  if (isHandshake(redis, command)) return;
  const server = servers.of(redis);
  begin(redis, server, command, callerNow(sites, server.name), last === command ? null : pipeline);
}

function begin(redis: Redis, server: Client, command: Command, caller: Caller, pipeline: Pipeline | null): void {
  const { name, args } = command;
  const blocksMs = pipeline === null ? blocksFor(name, args) : null;
  const limit = blocksMs === null || blocksMs === Infinity ? null : blocksMs;
  const end = server.begin(
    caller,
    () => {
      const text = pipeline === null ? commandText(name, args) : batchText(pipeline);
      return withState(text, stateOf(redis, blocksMs !== null));
    },
    limit,
  );
  follow(pipeline === null ? command : (pipeline._queue.at(-1) as Command), end);
}

function stateOf({ status, commandQueue }: Redis, blocks: boolean): string {
  if (status !== 'ready') return `not sent: ${status}`;
  if (blocks) return 'blocks until there is something';
  const first = commandQueue?.peekFront?.()?.command;
  return first === undefined || blocksFor(first.name, first.args) === null
    ? ''
    : `behind ${textOf(first)}, which blocks`;
}

/** Replies come in order: the last ends them all. */
function batchText({ _queue }: Pipeline): string {
  const [first, second] = _queue;
  if (first?.name === 'multi' && second !== undefined)
    return `MULTI of ${Math.max(_queue.length - 2, 1)}: ${textOf(second)}, …`;
  return `pipeline of ${_queue.length}: ${first === undefined ? '' : textOf(first)}, …`;
}

function textOf({ name, args }: Command): string {
  return commandText(name, args);
}

function follow(command: Command, end: (error?: unknown) => void): void {
  const { resolve, reject } = command;
  const told = (error?: unknown): void => {
    ends.delete(command);
    guard(() => end(error), undefined);
  };
  ends.set(command, end);
  command.resolve = function (value) {
    told();
    return Reflect.apply(resolve, this, [value]);
  };
  command.reject = function (error) {
    told(error ?? new Error('no reason was given'));
    return Reflect.apply(reject, this, [error]);
  };
}

function isHandshake({ status }: Redis, { name }: Command): boolean {
  if ((status !== 'connect' && status !== 'connecting') || !handshake.has(name)) return false;
  const { site } = callerNow(sites, 'ioredis');
  return site === null || isInLibrary(site);
}

/** With `enableAutoPipelining` a command is sent later, by nobody: who asked for it is known when it is put into its pipeline. */
function queue(pipeline: Pipeline, command: Command): void {
  const { redis } = pipeline;
  if (redis.options.enableAutoPipelining !== true || ends.has(command)) return;
  if (!Object.getOwnPropertySymbols(pipeline).some(({ description }) => description === 'exec')) return;
  const server = servers.of(redis);
  begin(redis, server, command, callerNow(sites, server.name), null);
}

export const ioredis: Library = {
  name: 'ioredis',
  versions: ['5', '6'],
  files: [
    {
      path: 'built/Redis.js',
      edits: [{ find: /\bsendCommand\(command, stream\) \{/, replace: '$& $call(send, command, this);' }],
      calls: { send: (command: Command, _module, redis: Redis) => send(redis, command) },
    },
    {
      path: 'built/Pipeline.js',
      edits: [{ find: /\bsendCommand\(command\) \{/, replace: '$& $call(queue, command, this);' }],
      calls: { queue: (command: Command, _module, pipeline: Pipeline) => queue(pipeline, command) },
      patch(module) {
        const { prototype } = module.getClass('default');
        module.wrapMethod(prototype, 'exec', (method, self, args) => {
          const before = executed;
          executed = self as Pipeline;
          try {
            return Reflect.apply(method, self, args);
          } finally {
            executed = before;
          }
        });
      },
    },
  ],
};
