// The exact level (`--handles`): the place of everything that may stay open is noted when it is made, by an async hook that
// leaves promises out where Node can do that (24 and later).
import { createHook, executionAsyncResource } from 'node:async_hooks';
import { now } from '../runtime/clock.ts';
import { complain } from '../runtime/complain.ts';
import { WeakList } from '../runtime/weak-list.ts';
import { noteAll, noteExactly } from './creation.ts';
import { watchOpened } from './opened.ts';
import { findRequest } from './requests.ts';
import { bySymbol, isRefed, type Found, type Unknown } from './found.ts';

/** What only this level knows of. */
export interface ExactThings {
  /** Handles that may be open, also if they are not ref'ed; their owners where these are known. */
  readonly handles: readonly object[];
  readonly requests: readonly Found[];
}

// What is over in a moment, and makes nothing by itself.
const ignored = new Set([
  'PROMISE',
  'WRITEWRAP',
  'SHUTDOWNWRAP',
  'TCPCONNECTWRAP',
  'PIPECONNECTWRAP',
  'SENDWRAP',
  'HTTPINCOMINGMESSAGE',
  'HTTPCLIENTREQUEST',
  'HTTP2PING',
  'HTTP2SETTINGS',
  'FILEHANDLECLOSEREQ',
  'Microtask',
  'STREAM_END_OF_STREAM',
]);
const handleTypes = new Set([
  'TCPSERVERWRAP',
  'TCPWRAP',
  'PIPESERVERWRAP',
  'PIPEWRAP',
  'TTYWRAP',
  'UDPWRAP',
  'FSEVENTWRAP',
  'STATWATCHER',
  'PROCESSWRAP',
]);
// Timers, ports, threads and what the file system and the resolver do: each may be what is asked for.
const otherTypes = /^(?:Timeout|MESSAGEPORT|WORKER|DNSCHANNEL|FILEHANDLE|FSREQ.*|GET.*INFOREQWRAP)$/;
const requestTypes = /^(?:ZLIB|BROTLI|ZSTD|QUERYWRAP|.*REQUEST)$/;
const mostKept = 100_000;
// Timers that are not ref'ed from the first moment on are Node's own: one for each request that a server answers.
// Ticks and the like are many and short: what they make is placed where they were asked for, of so many.
const ticksPerWindow = 250;
const windowMs = 250;

const mostTypes = 1000;

const things = new Map<string, boolean>();
const handles = new WeakList<object>(mostKept);
const requests = new WeakList<Unknown>(mostKept);
let isOn = false;
let windowStart = 0;
let ticks = 0;

/** Whether places are noted exactly. */
export function isExact(): boolean {
  return isOn;
}

/** Begins. One that fails is taken off, and said in one line. */
export function startExact(): () => void {
  if (isOn) return () => {};
  isOn = true;
  const endFiles = watchOpened();
  noteAll(executionAsyncResource);
  const callbacks = {
    init(_id: number, type: string, _trigger: number, resource: object) {
      if (ignored.has(type)) return;
      try {
        if (type === 'Timeout' ? !isRefed(resource) : !isThing(type) && !mayReadTick()) return;
        note(type, resource);
      } catch (error) {
        stop();
        complain('where handles are made is not known any more', error);
      }
    },
    trackPromises: false,
  };
  const hook = createHook(callbacks).enable();
  const stop = (): void => {
    hook.disable();
    endFiles();
    noteAll(null);
    isOn = false;
  };
  return stop;
}

function note(type: string, resource: object): void {
  noteExactly(resource, executionAsyncResource());
  if (handleTypes.has(type)) handles.add(resource);
  else if (requestTypes.test(type)) requests.add(resource as Unknown);
}

function isThing(type: string): boolean {
  let known = things.get(type);
  if (known === undefined) {
    known = handleTypes.has(type) || otherTypes.test(type) || requestTypes.test(type);
    if (things.size < mostTypes) things.set(type, known);
  }
  return known;
}

function mayReadTick(): boolean {
  const at = now();
  if (at - windowStart >= windowMs) {
    windowStart = at;
    ticks = 0;
  }
  return ticks++ < ticksPerWindow;
}

export function exactThings(): ExactThings {
  if (!isOn) return { handles: [], requests: [] };
  return {
    handles: handles.living().filter(isLive).map(ownerOf),
    requests: requests.living().filter(isLive).flatMap(findWork),
  };
}

/** Whether Node still has what is behind an object: it gives no number any more once that is deleted. */
function isLive(resource: object): boolean {
  const { getAsyncId } = resource as { readonly getAsyncId?: () => number };
  try {
    return getAsyncId === undefined || getAsyncId.call(resource) > 0;
  } catch {
    return false;
  }
}

function ownerOf(handle: object): object {
  const owner = bySymbol(handle, 'owner_symbol');
  return typeof owner === 'object' && owner !== null ? owner : handle;
}

/** Compression and cryptography that is under way. */
function findWork(resource: Unknown): Found[] {
  const { buffer, ondone, bindingName } = resource;
  if (typeof bindingName === 'string') return [findRequest(resource)].filter((found) => found !== null);
  const isCompression = 'processCallback' in resource || buffer !== undefined;
  if (isCompression ? buffer === null || buffer === undefined : typeof ondone !== 'function') return [];
  const kind = isCompression ? 'zlib' : 'crypto';
  const detail = resource.constructor.name.replace(/Job$/, '');
  return [{ kind, detail, refed: true, keepsAlive: true, things: [resource], ageMs: null }];
}
