// The spans of queue operations, and of locks and semaphores that had to be waited for.
import type { Attributes, Context, Link, SpanContext, Tracer } from '@opentelemetry/api';
import type { Hold, QueueOperation, ResourceRecord } from '../channels/resource.ts';
import type { TaskRecord } from '../channels/task.ts';
import type { WaitRecord } from '../channels/wait.ts';
import { now } from '../runtime/clock.ts';
import { currentOrRoot, rootTask } from '../runtime/context.ts';
import { List } from '../runtime/list.ts';
import type { OpenTelemetryApi } from './open-telemetry.ts';
import { attribute, spanName } from './semconv.ts';
import type { SpanTime } from './span-time.ts';
import type { TaskSpans } from './task-spans.ts';

const windowMs = 250;
const holdersLinked = 8;
// Lines are served from the front: whoever is not found among the first was never noted.
const waitsSearched = 100;

/** A wait that has not ended yet. Its span is made at its end: only then is it known how it ended. */
interface OpenWait {
  readonly record: WaitRecord;
  readonly resource: ResourceRecord;
  readonly context: Context;
  /** What is known only at its beginning. */
  readonly attributes: Attributes;
  readonly links: Link[];
  /** What it waited for has come. */
  served: boolean;
  previous: OpenWait | null;
  next: OpenWait | null;
}

/** The put of an item that is still in the queue. */
interface Sent {
  /** Null where the put is not sampled. */
  readonly context: SpanContext | null;
  readonly at: number;
}

interface ResourceState {
  readonly waits: List<OpenWait>;
  readonly items: Map<number, Sent>;
}

export interface OperationSpansOptions {
  readonly api: OpenTelemetryApi;
  readonly tracer: Tracer;
  readonly time: SpanTime;
  readonly tasks: TaskSpans;
  readonly maxPerSecond: number;
  readonly maxItems: number;
  readonly maxWaits: number;
}

/** Makes the spans of `put`, `get` and `acquire`. */
export class OperationSpans {
  readonly #options: OperationSpansOptions;
  readonly #resources = new WeakMap<ResourceRecord, ResourceState>();
  readonly #waits = new WeakMap<WaitRecord, OpenWait>();
  #openWaits = 0;
  #windowStart = -Infinity;
  #inWindow = 0;
  /** Operations without a span because there were too many a second or too many open. */
  dropped = 0;
  /** Items whose get has no link because too many were in their queue. */
  droppedItems = 0;

  constructor(options: OperationSpansOptions) {
    this.#options = options;
  }

  waitStarted(record: WaitRecord): void {
    const { kind, task, on } = record;
    if ((kind !== 'acquire' && kind !== 'put' && kind !== 'get') || on === null || 'origin' in on) return;
    if (this.#openWaits >= this.#options.maxWaits) {
      this.dropped++;
      return;
    }
    const context = this.#options.tasks.contextIn(task);
    if (this.#options.tasks.isUnsampled(context) || !this.#ration(record.since)) return;
    const wait: OpenWait = {
      record,
      resource: on,
      context,
      ...(kind === 'acquire' ? this.#whoHolds(on) : { attributes: {}, links: [] }),
      served: false,
      previous: null,
      next: null,
    };
    this.#openWaits++;
    this.#waits.set(record, wait);
    this.#stateOf(on).waits.push(wait);
  }

  waitEnded(record: WaitRecord): void {
    const wait = this.#waits.get(record);
    if (wait === undefined) return;
    this.#waits.delete(record);
    this.#openWaits--;
    const { resource } = wait;
    this.#stateOf(resource).waits.remove(wait);
    if (record.kind === 'acquire') this.#endAcquire(wait);
    else if (!wait.served) this.#endInVain(wait);
  }

  holdStarted({ resource, task }: Hold): void {
    const wait = this.#findWait(resource, 'acquire', task);
    if (wait !== null) wait.served = true;
  }

  put({ queue, item, task }: QueueOperation): void {
    const at = now();
    const wait = this.#findWait(queue, 'put', task);
    const { api, tracer, time, tasks } = this.#options;
    const context = wait?.context ?? tasks.contextFor(task, currentOrRoot());
    if (wait !== null) wait.served = true;
    else if (tasks.isUnsampled(context)) return this.#remember(queue, item, { context: null, at });
    else if (!this.#ration(at)) return;
    const startTime = wait === null ? time.follow(at) : time.at(wait.record.since);
    const attributes = queueAttributes(queue, 'put', wait !== null);
    const span = tracer.startSpan(
      spanName.put(queue.name),
      { kind: api.SpanKind.PRODUCER, startTime, attributes },
      context,
    );
    span.end(time.at(now())); // not `at`: Jaeger warns of spans that take no time
    this.#remember(queue, item, { context: span.spanContext(), at });
  }

  #remember(queue: ResourceRecord, item: number, sent: Sent): void {
    const { items } = this.#stateOf(queue);
    if (items.size < this.#options.maxItems) items.set(item, sent);
    else this.droppedItems++;
  }

  taken({ queue, item, task }: QueueOperation): void {
    const at = now();
    const wait = this.#findWait(queue, 'get', task);
    if (wait !== null) wait.served = true;
    const { items } = this.#stateOf(queue);
    const sent = items.get(item);
    items.delete(item);
    const { api, tracer, time, tasks } = this.#options;
    const context = wait?.context ?? tasks.contextFor(task, currentOrRoot());
    if (wait === null && tasks.isUnsampled(context)) return;
    // The get of an item whose put has a span gets one too: half a pair tells nothing.
    if (wait === null && sent == null && !this.#ration(at)) return;
    const startTime = wait === null ? time.follow(at) : time.at(wait.record.since);
    const attributes = queueAttributes(queue, 'get', wait !== null);
    if (sent !== undefined) attributes[attribute.queueItemWaitTime] = (at - sent.at) / 1000;
    const from = sent?.context ?? null;
    const links = from === null ? [] : [{ context: from, attributes: { [attribute.linkType]: 'item' } }];
    tracer
      .startSpan(spanName.get(queue.name), { kind: api.SpanKind.CLIENT, startTime, attributes, links }, context)
      .end(time.at(now()));
  }

  #endAcquire({ record, resource, context, attributes, links }: OpenWait): void {
    const { api, tracer, time } = this.#options;
    attributes[attribute.lockOutcome] = outcomeText(record);
    const startTime = time.at(record.since);
    tracer
      .startSpan(
        spanName.acquire(resource.name),
        { kind: api.SpanKind.INTERNAL, startTime, attributes, links },
        context,
      )
      .end(time.at(now()));
  }

  /** A put or get that ended without its item: timed out, cancelled, or the queue was shut down. */
  #endInVain({ record, resource, context }: OpenWait): void {
    const { api, tracer, time } = this.#options;
    const operation = record.kind === 'put' ? 'put' : 'get';
    const kind = operation === 'put' ? api.SpanKind.PRODUCER : api.SpanKind.CLIENT;
    const attributes = queueAttributes(resource, operation, true);
    attributes[attribute.queueOutcome] = outcomeText(record);
    const startTime = time.at(record.since);
    tracer.startSpan(spanName[operation](resource.name), { kind, startTime, attributes }, context).end(time.at(now()));
  }

  #whoHolds(resource: ResourceRecord): { attributes: Attributes; links: Link[] } {
    const statistics = resource.statistics();
    const attributes: Attributes = {
      [attribute.lockName]: resource.name,
      [attribute.lockType]: resource.kind === 'lock' ? 'mutex' : 'semaphore',
    };
    if ('waiters' in statistics) attributes[attribute.lockWaiterCount] = statistics.waiters;
    const links: Link[] = [];
    let holders = 0;
    for (const { task } of resource.holders()) {
      if (holders++ === 0) attributes[attribute.lockHolderTaskName] = task.origin.name;
      const context = task === rootTask ? undefined : this.#options.tasks.spanContextOf(task);
      if (context !== undefined) links.push({ context, attributes: { [attribute.linkType]: 'blocked_by' } });
      if (holders >= holdersLinked) break;
    }
    return { attributes, links };
  }

  #findWait(resource: ResourceRecord, kind: WaitRecord['kind'], task: TaskRecord): OpenWait | null {
    let wait = this.#resources.get(resource)?.waits.first ?? null;
    for (let searched = 0; wait !== null && searched < waitsSearched; searched++, wait = wait.next) {
      if (!wait.served && wait.record.kind === kind && wait.record.task === task) return wait;
    }
    return null;
  }

  #stateOf(resource: ResourceRecord): ResourceState {
    let state = this.#resources.get(resource);
    if (state === undefined) {
      state = { waits: new List(), items: new Map() };
      this.#resources.set(resource, state);
    }
    return state;
  }

  #ration(at: number): boolean {
    if (at - this.#windowStart >= windowMs) {
      this.#windowStart = at;
      this.#inWindow = 0;
    }
    if (this.#inWindow >= (this.#options.maxPerSecond * windowMs) / 1000) {
      this.dropped++;
      return false;
    }
    this.#inWindow++;
    return true;
  }
}

function queueAttributes(queue: ResourceRecord, operation: 'put' | 'get', blocked: boolean): Attributes {
  const attributes: Attributes = {
    [attribute.queueName]: queue.name,
    [attribute.queueOperation]: operation,
    [attribute.queueBlocked]: blocked,
  };
  const statistics = queue.statistics();
  if (statistics.kind !== 'queue') return attributes;
  if (statistics.depth !== null) attributes[attribute.queueSize] = statistics.depth;
  if (statistics.capacity !== null) attributes[attribute.queueCapacity] = statistics.capacity;
  return attributes;
}

/** An acquisition or operation that failed for another reason than time was cancelled, or the queue was shut down. */
function outcomeText({ outcome }: WaitRecord): string {
  return (outcome ?? 'cancelled').replace(' ', '_');
}
