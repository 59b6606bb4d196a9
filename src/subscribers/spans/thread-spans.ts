// Spans of worker threads go out through the main thread, which has the way out: a thread may be ended at any moment, and
// would otherwise need connections and files of its own.
import {
  BroadcastChannel,
  getEnvironmentData,
  receiveMessageOnPort,
  setEnvironmentData,
  type MessagePort,
} from 'node:worker_threads';
import type { SpanContext } from '@opentelemetry/api';
import { complain } from '../../runtime/complain.ts';
import type { EndedSpan } from '../export/export-queue.ts';
import type { OpenTelemetryApi } from '../open-telemetry.ts';

const channelName = 'loopscope:spans';
/** Where threads find how much is under way; where it is missing, the main thread takes no spans. */
const countsKey = 'loopscope:spans';
const mostUnderWay = 32_768;
const underWay = 0;
const lost = 1;

/** A span context without its methods, which no message takes. */
interface SentContext extends Omit<SpanContext, 'traceState'> {
  readonly traceState?: string;
}

interface Link {
  readonly context: SpanContext;
}

/** What exporters read of a span, as the SDK has it. */
interface ReadableSpan extends EndedSpan {
  spanContext(): SpanContext;
  readonly parentSpanContext?: SpanContext;
  readonly links: readonly Link[];
}

const facts = [
  'name',
  'kind',
  'startTime',
  'endTime',
  'duration',
  'ended',
  'status',
  'attributes',
  'events',
  'instrumentationScope',
  'droppedAttributesCount',
  'droppedEventsCount',
  'droppedLinksCount',
] as const;

interface SentSpan {
  readonly facts: Readonly<Record<string, unknown>>;
  readonly context: SentContext;
  readonly parent: SentContext | null;
  readonly links: readonly { readonly context: SentContext }[];
}

/** In a worker thread: a span processor for the SDK, which hands on what has ended. */
export class ThreadSpanProcessor {
  readonly #counts: Int32Array;
  #ended: SentSpan[] = [];

  /** @param counts as `findMainThread` returns them */
  constructor(counts: Int32Array) {
    this.#counts = counts;
  }

  onStart(): void {
    // a span counts when it has ended
  }

  /** At the end of the turn's work: the thread may be ended as soon as it has answered. */
  onEnd(span: EndedSpan): void {
    if ((span.spanContext().traceFlags & 1) === 0) return;
    if (Atomics.add(this.#counts, underWay, 1) >= mostUnderWay) {
      Atomics.sub(this.#counts, underWay, 1);
      Atomics.add(this.#counts, lost, 1);
      return;
    }
    if (this.#ended.push(toMessage(span as ReadableSpan)) === 1) queueMicrotask(() => this.post());
  }

  /** Hands on what has ended, now. */
  post(): void {
    if (this.#ended.length === 0) return;
    const spans = this.#ended;
    this.#ended = [];
    // One that stays open would get what other threads send, and keep it.
    const channel = new BroadcastChannel(channelName);
    try {
      channel.postMessage(spans);
    } catch (error) {
      Atomics.sub(this.#counts, underWay, spans.length);
      Atomics.add(this.#counts, lost, spans.length);
      complain('spans of a worker thread were lost', error);
    } finally {
      channel.close();
    }
  }

  async forceFlush(): Promise<void> {
    this.post();
  }

  async shutdown(): Promise<void> {
    this.post();
  }
}

/** In a worker thread: what the main thread counts; null where it takes no spans. */
export function findMainThread(): Int32Array | null {
  const counts: unknown = getEnvironmentData(countsKey);
  return counts instanceof SharedArrayBuffer ? new Int32Array(counts) : null;
}

/** What the main thread gets from threads that are started from now on. */
export interface ThreadSpans {
  /** Takes what has arrived and was not looked at yet. */
  drain(): void;
  /** Spans of threads that were lost because too many were under way. */
  dropped(): number;
}

/** In the main thread: takes the spans of worker threads. They are spans of the same process, and have its resource. */
export function receiveThreadSpans(
  api: OpenTelemetryApi,
  resource: object,
  take: (span: EndedSpan) => void,
): ThreadSpans {
  const buffer = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
  const counts = new Int32Array(buffer);
  setEnvironmentData(countsKey, buffer);
  const channel = new BroadcastChannel(channelName);
  channel.unref();
  const receive = (spans: readonly SentSpan[]): void => {
    Atomics.sub(counts, underWay, spans.length);
    for (const span of spans) take(fromMessage(api, resource, span));
  };
  channel.onmessage = ({ data }: { data: unknown }) => receive(data as readonly SentSpan[]);
  return {
    drain() {
      const port = channel as unknown as MessagePort; // which is what it takes, too
      for (let got = receiveMessageOnPort(port); got !== undefined; got = receiveMessageOnPort(port)) {
        receive(got.message as readonly SentSpan[]);
      }
    },
    dropped: () => Atomics.load(counts, lost),
  };
}

function toMessage(span: ReadableSpan): SentSpan {
  const read = span as unknown as Readonly<Record<string, unknown>>;
  return {
    facts: Object.fromEntries(facts.map((fact) => [fact, read[fact]])),
    context: withoutMethods(span.spanContext()),
    parent: span.parentSpanContext === undefined ? null : withoutMethods(span.parentSpanContext),
    links: span.links.map((link) => ({ ...link, context: withoutMethods(link.context) })),
  };
}

function fromMessage(api: OpenTelemetryApi, resource: object, sent: SentSpan): EndedSpan {
  const context = withMethods(api, sent.context);
  const span = {
    ...sent.facts,
    resource,
    spanContext: () => context,
    ...(sent.parent !== null && { parentSpanContext: withMethods(api, sent.parent) }),
    links: sent.links.map((link) => ({ ...link, context: withMethods(api, link.context) })),
  };
  return span;
}

function withoutMethods({ traceState, ...context }: SpanContext): SentContext {
  return { ...context, ...(traceState !== undefined && { traceState: traceState.serialize() }) };
}

function withMethods(api: OpenTelemetryApi, { traceState, ...context }: SentContext): SpanContext {
  return { ...context, ...(traceState !== undefined && { traceState: api.createTraceState(traceState) }) };
}
