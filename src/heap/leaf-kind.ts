// What a promise waits for, told by the classes and properties on the path that holds its resolver.
import type { LeafKind } from '../report/awaits.ts';

/** One object on the path from a root to the resolver. */
export interface HolderStep {
  /** Name of its class, as the engine or Node calls it; empty for a function, a variable or a plain slot. */
  readonly className: string;
  /** The property, variable or index by which it holds the next step; empty where it has no name. */
  readonly property: string;
}

/** The kind of a leaf, and what the path says beyond it: the name of an event. */
export interface LeafNature {
  readonly kind: LeafKind;
  readonly detail: string;
}

/** Class names of Node and of well-known libraries. The first that matches counts. */
const classes: readonly (readonly [RegExp, LeafKind])[] = [
  [/^(Timeout|Immediate|TimersList|Interval|CronJob)$/, 'timer'],
  [/^(GetAddrInfoReqWrap|GetNameInfoReqWrap|QueryReqWrap|ChannelWrap|Resolver)$/, 'dns'],
  [/^(ChildProcess|Process)$/, 'child process'],
  [/^(Worker|ThreadWorker)$/, 'worker'],
  [/^(MessagePort|BroadcastChannel|MessageChannel)$/, 'message port'],
  [/^(Fetch|FetchController|RequestHandler|FetchBaseResource)$/, 'fetch'],
  [
    /^(FSReqPromise|FSReqCallback|FileHandle|\w*FileJob|FileReadStream|ReadStream|WriteStream|FSEvent|FSWatcher|StatWatcher|BlobReader|Dir|DirHandle)$/,
    'file',
  ],
  [
    /^(Server|TLSServer|Http2Server|Http2SecureServer|TCPServerWrap|HTTPServerAsyncResource|SecureServer|WebSocketServer)$/,
    'server',
  ],
  [
    /^(Socket|TLSSocket|TCP|Pipe|UDP|TLSWrap|TCPConnectWrap|PipeConnectWrap|WriteWrap|ShutdownWrap|SendWrap|HTTPParser|LibuvStreamWrap|StreamBase|ClientRequest|HTTPClientAsyncResource|IncomingMessage|ServerResponse|OutgoingMessage|Http2Session|ClientHttp2Session|ServerHttp2Session|Http2Stream|ClientHttp2Stream|ServerHttp2Stream|WebSocket|QuicSession|QuicStream)$/,
    'socket',
  ],
  [/(^|[a-z\d])(Lock|Mutex|Semaphore|Sema)$|^(AsyncLock|RWLock|ReadWriteLock)/, 'lock'],
  [/^(?!FixedQueue$)\w*Queue$|^(fastq|Channel)$/, 'queue'], // FixedQueue is Node's own, of events.on
  [
    /^(PassThrough|Transform|Duplex|Readable|Writable|Zlib|ZlibBase|Gzip|Gunzip|Inflate|Deflate|Unzip|BrotliCompress|BrotliDecompress|JSStream|TTY|Interface|InterfaceConstructor|ReadableStream\w*|WritableStream\w*|TransformStream\w*|ReadableState|WritableState|DefaultReadRequest|ReadIntoRequest)$/,
    'stream',
  ],
  [/^(EventEmitter|EventEmitterAsyncResource|EventTarget|NodeEventTarget|AbortSignal|Signal)$/, 'event'],
];

/** Property names that say what their object is, whatever its class is called. */
const properties: readonly (readonly [RegExp, LeafKind])[] = [
  [/^_onTimeout$/, 'timer'],
  [/^[#_]?(queue|jobs|backlog)$/i, 'queue'],
  [/^[#_]?(mutex|lock|locks|semaphore)$/i, 'lock'],
  [/^_events$/, 'event'],
];

/** Clocks of tests: of sinon, which jest and vitest have, of jest's own, and of node:test. */
const fakeClock = /^(TimerHeap|FakeTimers|MockTimers|MockTimersTimeout)$/;

/** Whether a timer is a fake one, which fires when its test advances the clock. */
function isFake({ className, property }: HolderStep): boolean {
  return fakeClock.test(className) || (className === 'Timeout' && property === 'callback');
}

/**
 * Classifies a leaf by the path that holds its resolver, from the root to the resolver. The step next to the resolver
 * counts most. `unknown` without a path, `other` where nothing on it is known.
 */
export function leafNature(path: readonly HolderStep[]): LeafNature {
  if (path.length === 0) return { kind: 'unknown', detail: '' };
  for (let index = path.length - 1; index >= 0; index--) {
    const step = path[index] as HolderStep;
    if (isFake(step)) return { kind: 'timer', detail: 'a fake one, until the test advances its clock' };
    const { className, property } = step;
    const kind = lookUp(classes, className.replace(/^Node \/ /, '')) ?? lookUp(properties, property);
    if (kind !== null) return { kind, detail: eventDetail(path, index) };
  }
  return { kind: 'other', detail: '' };
}

function lookUp(rules: readonly (readonly [RegExp, LeafKind])[], name: string): LeafKind | null {
  return rules.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}

/** An emitter holds its listeners in `_events`, under the name of the event. */
function eventDetail(path: readonly HolderStep[], emitter: number): string {
  if (path[emitter]?.property !== '_events') return '';
  const event = path[emitter + 1]?.property ?? '';
  return event === '' ? '' : `event "${event}"`;
}
