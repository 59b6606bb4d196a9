// The spans of tasks, task groups, retries and their attempts: one span per task, current in its function.
import { isMainThread, threadId } from 'node:worker_threads';
import type { Attributes, Context, Span, SpanContext, Tracer } from '@opentelemetry/api';
import type { BreakerCall } from '../../channels/resource.ts';
import type { TaskRecord } from '../../channels/task.ts';
import type { WaitRecord } from '../../channels/wait.ts';
import { now } from '../../runtime/clock.ts';
import { complain } from '../../runtime/complain.ts';
import { currentTask } from '../../runtime/context.ts';
import type { OpenTelemetryApi } from '../open-telemetry.ts';
import { isFailure } from '../outcomes.ts';
import { stateWord } from '../metrics/metrics-operations.ts';
import { attribute, eventName, spanName } from '../semconv.ts';
import type { SpanTime } from './span-time.ts';
import {
  attemptAttributes,
  describeError,
  endAttributes,
  setSite,
  spanNameOf,
  type Gathered,
} from './task-attributes.ts';
import { linksToSubmit, sentWithJob, type SentJob } from './trace-carrier.ts';

/** The trace of a span that an SDK did not make. */
const noTrace = '0'.repeat(32);

/** What is kept of a task as long as its record lives. */
interface TaskSpan extends Gathered {
  /** Null once the task has settled: a record that is kept keeps no attributes. */
  span: Span | null;
  /** The span is that of a parent which is not sampled, and stands for this task, too. */
  readonly isShared: boolean;
  readonly context: SpanContext;
  /** Current in the task's function in the place of `span`: a job that has left its queue. */
  inner: Span | null;
  readonly createdAt: number;
  /** Infinity while the task is pending. */
  endedAt: number;
  tasks: number;
  failed: number;
  backoffMs: number;
  isBreakerCall: boolean;
}

export interface TaskSpansOptions {
  readonly api: OpenTelemetryApi;
  readonly tracer: Tracer;
  readonly time: SpanTime;
  /** The most tasks whose spans are open at a time. */
  readonly maxOpen: number;
}

/** Makes the spans of tasks from the three moments of their life. */
export class TaskSpans {
  readonly #api: OpenTelemetryApi;
  readonly #tracer: Tracer;
  readonly #time: SpanTime;
  readonly #maxOpen: number;
  readonly #spans = new WeakMap<TaskRecord, TaskSpan>();
  #open = 0;
  #failed = false;
  /** Tasks without a span because too many were open. */
  dropped = 0;

  constructor({ api, tracer, time, maxOpen }: TaskSpansOptions) {
    this.#api = api;
    this.#tracer = tracer;
    this.#time = time;
    this.#maxOpen = maxOpen;
  }

  created(task: TaskRecord): void {
    if (this.#open >= this.#maxOpen) {
      this.dropped++;
      return;
    }
    const { parent, origin } = task;
    const parentSpan = parent === null ? undefined : this.#spans.get(parent);
    if (parentSpan !== undefined) parentSpan.tasks++;
    // Who is in a task creates its children, below whatever span is current there. Tasks of a group are children of the
    // group, whoever creates them.
    const context = parent === null || parent === currentTask() ? this.contextIn(parent) : this.contextOf(parent);
    const createdAt = now();
    const unsampled = this.#unsampledIn(context);
    const sent = origin.kind === 'job' && parent === null ? sentWithJob(context) : null;
    const span = unsampled ?? this.#startSpan(task, context, createdAt, sent);
    this.#open++;
    const isShared = unsampled !== null;
    this.#spans.set(task, newTaskSpan(span, isShared, createdAt));
    if (isShared || !span.isRecording()) return;
    // Now, and not when it is started: the SDK takes those apart twice, and those of spans that are not sampled, too.
    span.setAttribute(attribute.taskName, origin.name);
    span.setAttribute(attribute.taskId, String(task.id));
    if (parent !== null) span.setAttribute(attribute.taskParentId, String(parent.id));
    if (origin.kind === 'group') span.setAttribute(attribute.groupName, origin.name);
    if (origin.kind === 'attempt') span.setAttributes(attemptAttributes(parent, parentSpan));
    if (origin.site !== null) setSite(span, origin.site);
    if (!isMainThread) span.setAttribute(attribute.threadId, threadId);
    if (sent !== null) {
      span.setAttribute(attribute.executorName, sent.executor);
      span.setAttribute(attribute.executorType, sent.type);
    }
  }

  started(task: TaskRecord): void {
    const own = this.#spans.get(task);
    if (own?.span?.isRecording() !== true) return;
    own.span.setAttribute(attribute.taskWaitTime, (now() - own.createdAt) / 1000);
  }

  /** Whether nothing in this context is sampled: then a span would be made in vain. */
  isUnsampled(context: Context): boolean {
    return this.#unsampledIn(context) !== null;
  }

  /**
   * The span of a context, where it is one that our process has decided not to sample: that is decided once for a trace.
   * Of a remote parent, or where no SDK is there yet, the SDK is asked.
   */
  #unsampledIn(context: Context): Span | null {
    const span = this.#api.trace.getSpan(context);
    if (span === undefined || span.isRecording()) return null;
    const { traceFlags, isRemote, traceId } = span.spanContext();
    return (traceFlags & 1) === 0 && isRemote !== true && traceId !== noTrace ? span : null;
  }

  /** @param sent a job from another thread or process: it is what its executor processes there */
  #startSpan(task: TaskRecord, context: Context, createdAt: number, sent: SentJob | null): Span {
    const startTime = this.#time.follow(createdAt);
    const { INTERNAL, CONSUMER } = this.#api.SpanKind;
    if (sent === null) return this.#tracer.startSpan(spanNameOf(task), { kind: INTERNAL, startTime }, context);
    const links = linksToSubmit(this.#api, context, sent);
    return this.#tracer.startSpan(spanName.process(sent.executor), { kind: CONSUMER, startTime, links }, context);
  }

  /** A task is a call that a breaker lets through. */
  called({ breaker, task, state }: BreakerCall): void {
    const own = task === null ? undefined : this.#spans.get(task);
    if (own?.span?.isRecording() !== true) return;
    own.isBreakerCall = true;
    own.span.setAttribute(attribute.breakerName, breaker.name);
    own.span.setAttribute(attribute.breakerState, stateWord(state));
  }

  /** The task is pending for too long: its span says so, once it is exported. */
  pending(task: TaskRecord, attributes: Attributes): void {
    this.#spans.get(task)?.span?.addEvent(eventName.pending, attributes, this.#time.at(now()));
  }

  /** Makes another span the current one in the function of a task that is about to be called. */
  setInner(task: TaskRecord, inner: Span): void {
    const own = this.#spans.get(task);
    if (own !== undefined) own.inner = inner;
  }

  /** The recording span of a pending task, and when that was created; null where there is none. */
  recordingOf(task: TaskRecord): { readonly context: Context; readonly createdAt: number } | null {
    const own = this.#spans.get(task);
    if (own?.span?.isRecording() !== true) return null;
    return { context: this.#api.trace.setSpan(this.#api.context.active(), own.span), createdAt: own.createdAt };
  }

  /** A retry waits before its next attempt. */
  delayed({ task, since, until }: WaitRecord): void {
    const own = this.#spans.get(task);
    if (own !== undefined && until !== null) own.backoffMs = until - since;
  }

  settled(task: TaskRecord): void {
    const at = now();
    const { settlement, parent } = task;
    if (settlement === null) return;
    const failed = isFailure(settlement.outcome);
    const parentSpan = parent === null ? undefined : this.#spans.get(parent);
    if (parentSpan !== undefined && failed) parentSpan.failed++;
    const own = this.#spans.get(task);
    const span = own?.span;
    if (own == null || span == null) return;
    own.span = null;
    own.inner = null;
    own.endedAt = at;
    this.#open--;
    if (own.isShared) return;
    if (span.isRecording()) {
      span.setAttributes(endAttributes(task, own));
      if (failed) {
        const { type, message } = describeError(settlement.error);
        span.setAttribute(attribute.errorType, type);
        span.setStatus({ code: this.#api.SpanStatusCode.ERROR, message });
      }
    }
    span.end(this.#time.at(at));
  }

  /** Runs the function of a task with its span as the current one. What the function throws goes through. */
  readonly around = <Result>(task: TaskRecord, run: () => Result): Result => {
    const own = this.#spans.get(task);
    const span = own?.inner ?? own?.span;
    if (own === undefined || span == null) return run();
    let ran = false;
    try {
      const { context, trace } = this.#api;
      if (own.isShared && trace.getSpan(context.active()) === span) {
        ran = true;
        return run();
      }
      return context.with(trace.setSpan(context.active(), span), () => {
        ran = true;
        return run();
      });
    } catch (error) {
      if (ran) throw error;
      if (!this.#failed) complain('the span of a task could not be made current', error);
      this.#failed = true;
      return run();
    }
  };

  /** The context for what happens in this task now: the current one if it has a span, else that of the task. */
  contextIn(task: TaskRecord | null): Context {
    const active = this.#api.context.active();
    if (task === null || this.#api.trace.getSpan(active) !== undefined) return active;
    return this.contextOf(task);
  }

  /** The context for what happens on behalf of a task while another one runs. */
  contextFor(task: TaskRecord, current: TaskRecord | null): Context {
    return task === current ? this.contextIn(task) : this.contextOf(task);
  }

  /** The span of a task, pending or settled. */
  spanContextOf(task: TaskRecord): SpanContext | undefined {
    return this.#spans.get(task)?.context;
  }

  /** From when to when the span of a task is, pending or settled; Infinity for one that is open. */
  timesOf(task: TaskRecord): { readonly createdAt: number; readonly endedAt: number } | undefined {
    return this.#spans.get(task);
  }

  /** The context of a task, pending or settled; the current one if it has no span. */
  contextOf(task: TaskRecord): Context {
    const { context, trace } = this.#api;
    const active = context.active();
    const own = this.#spans.get(task);
    if (own === undefined) return active;
    const span = own.inner ?? own.span;
    return span === null ? trace.setSpanContext(active, own.context) : trace.setSpan(active, span);
  }
}

function newTaskSpan(span: Span, isShared: boolean, createdAt: number): TaskSpan {
  const context = span.spanContext();
  return {
    span,
    isShared,
    context,
    inner: null,
    createdAt,
    tasks: 0,
    failed: 0,
    backoffMs: 0,
    isBreakerCall: false,
    endedAt: Infinity,
  };
}
