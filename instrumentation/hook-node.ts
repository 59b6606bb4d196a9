// What of Node itself, and of libraries that publish what they do, is visible by their own channels: nothing is patched
// that has one, and what listens is loaded with the first message.
import { subscribe as listen, unsubscribe } from 'node:diagnostics_channel';
import { load } from '../src/runtime/load.ts';
import { onFirstGet } from './hook-getter.ts';
import { guard } from './record.ts';

type Listeners = Readonly<Record<string, (message: never) => void>>;

/** What listens to channels. */
interface Listening {
  /** By the name of the channel, what of the module gets its messages. */
  readonly channels: Readonly<Record<string, string>>;
  readonly load: () => Listeners;
}

const client = (): Listeners => load(import.meta.url, './http-client') as typeof import('./http-client.ts');
const server = (): Listeners => load(import.meta.url, './http-server') as typeof import('./http-server.ts');
const undici = (): Listeners => load(import.meta.url, './undici') as typeof import('./undici.ts');

/** What else makes something visible, and returns what ends that. */
type Part = Listening | (() => () => void);

/** By the name under which they are switched off. */
const parts: Readonly<Record<string, readonly Part[]>> = {
  http: [
    {
      channels: {
        'http.client.request.created': 'created',
        'http.client.response.finish': 'ended',
        'http.client.request.error': 'ended',
      },
      load: client,
    },
    {
      channels: { 'http.server.request.start': 'started', 'http.server.response.finish': 'finished' },
      load: server,
    },
  ],
  undici: [
    {
      channels: {
        'undici:request:create': 'created',
        'undici:request:headers': 'ended',
        'undici:request:error': 'ended',
      },
      load: undici,
    },
  ],
  fastify: [{ channels: { 'tracing:fastify.request.handler:start': 'routed' }, load: server }],
  locks: [seeLocks],
};

const stops = new Map<string, () => void>();

/** All that there are. */
export const partNames: readonly string[] = Object.keys(parts);

/** Listens from now on. Nothing happens if it is no part of Node, or listens already. */
export function startPart(name: string): void {
  const started = parts[name];
  if (started === undefined || stops.has(name)) return;
  const ends = started.map((part) => (typeof part === 'function' ? part() : startListening(part)));
  stops.set(name, () => {
    for (const end of ends) end();
  });
}

/** Listens no more. Nothing happens if it does not. */
export function stopPart(name: string): void {
  stops.get(name)?.();
  stops.delete(name);
}

function startListening({ channels, load: loadListeners }: Listening): () => void {
  let listeners: Listeners | null = null;
  const first = (): Listeners => {
    listeners = loadListeners();
    listeners.start?.(undefined as never);
    return listeners;
  };
  const ends = Object.entries(channels).map(([name, key]) => {
    let listener: ((message: never) => void) | undefined;
    const handle = (message: unknown): void =>
      guard(() => {
        listener ??= (listeners ?? first())[key];
        listener?.(message as never);
      }, undefined);
    listen(name, handle);
    return () => unsubscribe(name, handle);
  });
  return () => {
    for (const end of ends) end();
    guard(() => listeners?.stop?.(undefined as never), undefined);
    listeners = null;
  };
}

/** To load `navigator.locks` takes 6 ms: the program has to ask for it first. */
function seeLocks(): () => void {
  let end = (): void => {};
  const endGet = onFirstGet(globalThis, 'navigator', (navigator) => {
    const { watchWebLocks } = load(import.meta.url, './web-locks') as typeof import('./web-locks.ts');
    end = watchWebLocks(navigator);
  });
  return () => {
    endGet();
    end();
  };
}
