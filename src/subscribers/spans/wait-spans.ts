// The spans of waits for what others hold or have to do: locks of all sorts, limiters, pools, and streams. What need not be
// waited for has none.
import type { Attributes, Context, Link, Tracer } from '@opentelemetry/api';
import type { Hold, ResourceRecord } from '../../channels/resource.ts';
import type { WaitKind, WaitRecord } from '../../channels/wait.ts';
import { now } from '../../runtime/clock.ts';
import { rootTask } from '../../runtime/context.ts';
import { lockType } from '../metrics/metrics-operations.ts';
import type { OpenTelemetryApi } from '../open-telemetry.ts';
import { outcomeWord } from '../outcomes.ts';
import { attribute, spanName } from '../semconv.ts';
import type { SpanBudget } from './span-budget.ts';
import type { SpanTime } from './span-time.ts';
import type { TaskSpans } from './task-spans.ts';

const holdersLinked = 8;

/** The kinds of waits that have a span, by what they wait for. */
const observed: ReadonlySet<WaitKind> = new Set(['acquire', 'wait', 'connect', 'read', 'drain']);

/** A wait that has not ended yet. Its span is made at its end: only then is it known how it ended. */
interface OpenWait {
  readonly on: ResourceRecord;
  readonly context: Context;
  /** What is known only at its beginning. */
  readonly attributes: Attributes;
  readonly links: Link[];
}

export interface WaitSpansOptions {
  readonly api: OpenTelemetryApi;
  readonly tracer: Tracer;
  readonly time: SpanTime;
  readonly tasks: TaskSpans;
  readonly budget: SpanBudget;
  /** Waits for a stream that are shorter have no span. Milliseconds. */
  readonly minStreamWaitMs: number;
}

/** Makes the spans `acquire`, `wait`, `connect`, `read` and `drain`. */
export class WaitSpans {
  readonly #options: WaitSpansOptions;
  readonly #open = new WeakMap<WaitRecord, OpenWait>();
  #lastLoan: Hold | null = null;

  constructor(options: WaitSpansOptions) {
    this.#options = options;
  }

  waitStarted(record: WaitRecord): void {
    const { kind, task, on, since } = record;
    if (!observed.has(kind) || on === null || 'origin' in on) return;
    const { budget, tasks } = this.#options;
    const context = tasks.contextIn(task);
    if (tasks.isUnsampled(context)) return;
    const isStream = on.kind === 'stream';
    if ((!isStream && !budget.take(since)) || !budget.open()) return;
    const links: Link[] = [];
    const attributes = isStream ? {} : describe(on);
    if (!isStream) this.#linkHolders(on, attributes, links);
    this.#open.set(record, { on, context, attributes, links });
  }

  /** What a pool lends at the end of a wait. */
  holdStarted(hold: Hold): void {
    if (hold.resource.kind === 'pool') this.#lastLoan = hold;
  }

  waitEnded(record: WaitRecord): void {
    const open = this.#open.get(record);
    if (open === undefined) return;
    this.#open.delete(record);
    const { api, tracer, time, budget, minStreamWaitMs } = this.#options;
    budget.close();
    const { on, context, attributes, links } = open;
    const at = now();
    const isStream = on.kind === 'stream';
    if (isStream && (at - record.since < minStreamWaitMs || !budget.take(at))) return;
    attributes[outcomeKey(on)] = outcomeWord(record.outcome ?? 'cancelled');
    if (isStream) attributes[attribute.streamName] = on.name;
    if (record.mode !== undefined) attributes[attribute.lockMode] = record.mode;
    const lent = this.#lastLoan;
    this.#lastLoan = null;
    if (lent?.number !== undefined && lent.resource === on && lent.task === record.task) {
      attributes[attribute.poolResourceId] = String(lent.number);
    }
    const startTime = time.at(record.since);
    tracer
      .startSpan(nameOf(record.kind, on.name), { kind: api.SpanKind.INTERNAL, startTime, attributes, links }, context)
      .end(time.at(at));
  }

  /** Those who have what is waited for. Of a pool that still makes resources nobody is in the way. */
  #linkHolders(on: ResourceRecord, attributes: Attributes, links: Link[]): void {
    if (on.kind === 'pool' && !isExhausted(on)) return;
    let holders = 0;
    for (const { task } of on.holders()) {
      if (holders++ === 0 && attributes[attribute.lockName] !== undefined) {
        attributes[attribute.lockHolderTaskName] = task.origin.name;
      }
      const context = task === rootTask ? undefined : this.#options.tasks.spanContextOf(task);
      if (context !== undefined) links.push({ context, attributes: { [attribute.linkType]: 'blocked_by' } });
      if (holders >= holdersLinked) break;
    }
  }
}

function isExhausted(pool: ResourceRecord): boolean {
  const statistics = pool.statistics();
  return statistics.kind === 'pool' && statistics.most !== null && statistics.borrowed >= statistics.most;
}

function describe(on: ResourceRecord): Attributes {
  if (on.kind === 'pool') return { [attribute.poolName]: on.name };
  if (on.kind === 'limiter') return { [attribute.limiterName]: on.name };
  const attributes: Attributes = { [attribute.lockName]: on.name, [attribute.lockType]: lockType(on) };
  const statistics = on.statistics();
  if (statistics.kind === 'rwlock') {
    attributes[attribute.lockWaiterCount] = statistics.waitingReaders + statistics.waitingWriters;
  } else if ('waiters' in statistics) attributes[attribute.lockWaiterCount] = statistics.waiters;
  return attributes;
}

function outcomeKey({ kind }: ResourceRecord): string {
  if (kind === 'pool') return attribute.poolOutcome;
  if (kind === 'limiter') return attribute.limiterOutcome;
  return kind === 'stream' ? attribute.streamOutcome : attribute.lockOutcome;
}

function nameOf(kind: WaitKind, name: string): string {
  if (kind === 'connect' || kind === 'read' || kind === 'drain') return spanName[kind]();
  return kind === 'wait' ? spanName.wait(name) : spanName.acquire(name);
}
