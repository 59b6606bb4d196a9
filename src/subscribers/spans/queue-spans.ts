// The spans of what happens to the items of queues: put, get, and the work on them.
import type { Attributes, Context, Link, SpanContext, Tracer } from '@opentelemetry/api';
import type { QueueMoment, QueueOperation, ResourceRecord } from '../../channels/resource.ts';
import type { TaskRecord } from '../../channels/task.ts';
import type { WaitRecord } from '../../channels/wait.ts';
import { now } from '../../runtime/clock.ts';
import { currentOrRoot, rootTask } from '../../runtime/context.ts';
import { List } from '../../runtime/list.ts';
import type { OpenTelemetryApi } from '../open-telemetry.ts';
import { errorTypeOf, isFailure, outcomeWord } from '../outcomes.ts';
import { attribute, spanName } from '../semconv.ts';
import type { SpanBudget } from './span-budget.ts';
import type { SpanTime } from './span-time.ts';
import type { TaskSpans } from './task-spans.ts';

// Lines are served from the front: whoever is not found among the first was never noted.
const waitsSearched = 100;
// Of items that a task has taken and not reported as done, the oldest are those that it never will.
const takenKept = 64;

/** A put or get that waits. */
interface OpenWait {
  readonly record: WaitRecord;
  readonly queue: ResourceRecord;
  readonly context: Context;
  /** The item has gone in or come. */
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

/** An item that is worked on. */
interface Taken {
  readonly at: number;
  readonly context: Context;
  readonly links: Link[];
  readonly waitTime: number | null;
}

interface QueueState {
  readonly waits: List<OpenWait>;
  readonly items: Map<number, Sent>;
  readonly taken: WeakMap<TaskRecord, (Taken | null)[]>;
}

export interface QueueSpansOptions {
  readonly api: OpenTelemetryApi;
  readonly tracer: Tracer;
  readonly time: SpanTime;
  readonly tasks: TaskSpans;
  readonly budget: SpanBudget;
  readonly maxItems: number;
}

/** Makes the spans `put`, `get` and `process`. */
export class QueueSpans {
  readonly #options: QueueSpansOptions;
  readonly #queues = new WeakMap<ResourceRecord, QueueState>();
  readonly #waits = new WeakMap<WaitRecord, OpenWait>();
  readonly #jobs = new WeakMap<TaskRecord, { readonly queue: ResourceRecord; readonly item: Taken }>();
  /** Items whose get has no link because too many were in their queue. */
  droppedItems = 0;

  constructor(options: QueueSpansOptions) {
    this.#options = options;
  }

  waitStarted(record: WaitRecord): void {
    const { kind, task, on, since } = record;
    if ((kind !== 'put' && kind !== 'get') || on === null || 'origin' in on) return;
    const { tasks, budget } = this.#options;
    const context = tasks.contextIn(task);
    if (tasks.isUnsampled(context) || !budget.take(since) || !budget.open()) return;
    const wait: OpenWait = { record, queue: on, context, served: false, previous: null, next: null };
    this.#waits.set(record, wait);
    this.#stateOf(on).waits.push(wait);
  }

  waitEnded(record: WaitRecord): void {
    const wait = this.#waits.get(record);
    if (wait === undefined) return;
    this.#waits.delete(record);
    this.#options.budget.close();
    this.#stateOf(wait.queue).waits.remove(wait);
    if (!wait.served) this.#endInVain(wait);
  }

  put({ queue, item, task }: QueueOperation): void {
    const at = now();
    const wait = this.#findWait(queue, 'put', task);
    const { api, tracer, time, tasks, budget } = this.#options;
    const context = wait?.context ?? tasks.contextFor(task, currentOrRoot());
    if (wait !== null) wait.served = true;
    else if (tasks.isUnsampled(context)) return this.#remember(queue, item, { context: null, at });
    else if (!budget.take(at)) return;
    const startTime = wait === null ? time.follow(at) : time.at(wait.record.since);
    const attributes = queueAttributes(queue, 'put');
    attributes[attribute.queueBlocked] = wait !== null;
    const span = tracer.startSpan(
      spanName.put(queue.name),
      { kind: api.SpanKind.PRODUCER, startTime, attributes },
      context,
    );
    span.end(time.at(now())); // not `at`: Jaeger warns of spans that take no time
    this.#remember(queue, item, { context: span.spanContext(), at });
  }

  taken({ queue, item, task }: QueueOperation): void {
    const at = now();
    const wait = this.#findWait(queue, 'get', task);
    if (wait !== null) wait.served = true;
    const { items, taken } = this.#stateOf(queue);
    const sent = items.get(item);
    items.delete(item);
    const { api, tracer, time, tasks, budget } = this.#options;
    const context = wait?.context ?? tasks.contextFor(task, currentOrRoot());
    if (wait === null && tasks.isUnsampled(context)) return;
    // The get of an item whose put has a span gets one too: half a pair tells nothing.
    if (wait === null && sent === undefined && !budget.take(at)) return noteTaken(taken, task, null);
    const startTime = wait === null ? time.follow(at) : time.at(wait.record.since);
    const attributes = queueAttributes(queue, 'get');
    attributes[attribute.queueBlocked] = wait !== null;
    const waitTime = sent === undefined ? null : (at - sent.at) / 1000;
    if (waitTime !== null) attributes[attribute.queueItemWaitTime] = waitTime;
    const from = sent?.context ?? null;
    const links = from === null ? [] : [{ context: from, attributes: { [attribute.linkType]: 'item' } }];
    tracer
      .startSpan(spanName.get(queue.name), { kind: api.SpanKind.CLIENT, startTime, attributes, links }, context)
      .end(time.at(now()));
    noteTaken(taken, task, { at, context, links, waitTime });
  }

  /** The item that the task took first of those that it has not reported. */
  done({ queue, task }: QueueMoment): void {
    const taken = this.#queues.get(queue)?.taken.get(task);
    if (taken === undefined) return;
    // Outside of tasks it cannot be told who of several has which.
    if (task === rootTask && taken.length > 1) taken.length = 0;
    const item = taken.shift() ?? null;
    if (item === null) return;
    if (task.origin.kind === 'job' && task.settlement === null) this.#jobs.set(task, { queue, item });
    else this.#endProcess(queue, item, task);
  }

  /** The job of a queue, which is done a moment before it is known how. */
  settled(task: TaskRecord): void {
    const job = this.#jobs.get(task);
    if (job === undefined) return;
    this.#jobs.delete(task);
    this.#endProcess(job.queue, job.item, task);
  }

  #endProcess(queue: ResourceRecord, { at, context, links, waitTime }: Taken, { settlement }: TaskRecord): void {
    const { api, tracer, time } = this.#options;
    const attributes = queueAttributes(queue, 'process');
    if (waitTime !== null) attributes[attribute.queueItemWaitTime] = waitTime;
    const outcome = settlement?.outcome ?? 'fulfilled';
    if (outcome !== 'fulfilled') attributes[attribute.queueOutcome] = outcomeWord(outcome);
    const options = { kind: api.SpanKind.CONSUMER, startTime: time.at(at), attributes, links };
    const span = tracer.startSpan(spanName.process(queue.name), options, context);
    if (isFailure(outcome)) {
      span.setAttribute(attribute.errorType, errorTypeOf(settlement?.error));
      span.setStatus({ code: api.SpanStatusCode.ERROR });
    }
    span.end(time.at(now()));
  }

  /** A put or get that ended without its item: timed out, cancelled, or the queue was shut down. */
  #endInVain({ record, queue, context }: OpenWait): void {
    const { api, tracer, time } = this.#options;
    const operation = record.kind === 'put' ? 'put' : 'get';
    const kind = operation === 'put' ? api.SpanKind.PRODUCER : api.SpanKind.CLIENT;
    const attributes = queueAttributes(queue, operation);
    attributes[attribute.queueBlocked] = true;
    attributes[attribute.queueOutcome] = outcomeWord(record.outcome ?? 'cancelled');
    const startTime = time.at(record.since);
    tracer.startSpan(spanName[operation](queue.name), { kind, startTime, attributes }, context).end(time.at(now()));
  }

  #remember(queue: ResourceRecord, item: number, sent: Sent): void {
    const { items } = this.#stateOf(queue);
    if (items.size < this.#options.maxItems) items.set(item, sent);
    else this.droppedItems++;
  }

  #findWait(queue: ResourceRecord, kind: WaitRecord['kind'], task: TaskRecord): OpenWait | null {
    let wait = this.#queues.get(queue)?.waits.first ?? null;
    for (let searched = 0; wait !== null && searched < waitsSearched; searched++, wait = wait.next) {
      if (!wait.served && wait.record.kind === kind && wait.record.task === task) return wait;
    }
    return null;
  }

  #stateOf(queue: ResourceRecord): QueueState {
    let state = this.#queues.get(queue);
    if (state === undefined) {
      state = { waits: new List(), items: new Map(), taken: new WeakMap() };
      this.#queues.set(queue, state);
    }
    return state;
  }
}

function noteTaken(taken: QueueState['taken'], task: TaskRecord, item: Taken | null): void {
  const list = taken.get(task);
  if (list === undefined) taken.set(task, [item]);
  else if (list.push(item) > takenKept) list.shift();
}

function queueAttributes(queue: ResourceRecord, operation: 'put' | 'get' | 'process'): Attributes {
  const attributes: Attributes = { [attribute.queueName]: queue.name, [attribute.queueOperation]: operation };
  const statistics = queue.statistics();
  if (statistics.kind !== 'queue') return attributes;
  if (statistics.depth !== null) attributes[attribute.queueSize] = statistics.depth;
  if (statistics.capacity !== null) attributes[attribute.queueCapacity] = statistics.capacity;
  return attributes;
}
