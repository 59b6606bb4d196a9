// The spans of tasks, task groups, retries and their attempts: one span per task, current in its function.
import { fileURLToPath } from 'node:url';
import type { Attributes, Context, Span, SpanContext, Tracer } from '@opentelemetry/api';
import type { Site } from '../channels/site.ts';
import type { Settlement, TaskRecord } from '../channels/task.ts';
import type { WaitRecord } from '../channels/wait.ts';
import { now } from '../runtime/clock.ts';
import { complain } from '../runtime/complain.ts';
import { currentTask } from '../runtime/context.ts';
import type { OpenTelemetryApi } from './open-telemetry.ts';
import { attribute, spanName } from './semconv.ts';
import type { SpanTime } from './span-time.ts';

const longestMessage = 1024;
const pathsKept = 1000;
/** The trace of a span that an SDK did not make. */
const noTrace = '0'.repeat(32);
const paths = new Map<string, string>();

/** What is kept of a task as long as its record lives. */
interface TaskSpan {
  /** Null once the task has settled: a record that is kept keeps no attributes. */
  span: Span | null;
  /** The span is that of a parent which is not sampled, and stands for this task, too. */
  readonly isShared: boolean;
  readonly context: SpanContext;
  readonly createdAt: number;
  tasks: number;
  failed: number;
  /** Milliseconds of the backoff that a retry is in or was in last. */
  backoffMs: number;
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
    const span = unsampled ?? this.#startSpan(task, context, createdAt);
    this.#open++;
    const isShared = unsampled !== null;
    const own = { span, isShared, context: span.spanContext(), createdAt, tasks: 0, failed: 0, backoffMs: 0 };
    this.#spans.set(task, own);
    if (isShared || !span.isRecording()) return;
    // Now, and not when it is started: the SDK takes those apart twice, and those of spans that are not sampled, too.
    span.setAttribute(attribute.taskName, origin.name);
    span.setAttribute(attribute.taskId, String(task.id));
    if (parent !== null) span.setAttribute(attribute.taskParentId, String(parent.id));
    if (origin.kind === 'group') span.setAttribute(attribute.groupName, origin.name);
    if (origin.kind === 'attempt') span.setAttributes(attemptAttributes(parent, parentSpan));
    if (origin.site !== null) setSite(span, origin.site);
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

  #startSpan(task: TaskRecord, context: Context, createdAt: number): Span {
    const startTime = this.#time.follow(createdAt);
    return this.#tracer.startSpan(spanNameOf(task), { kind: this.#api.SpanKind.INTERNAL, startTime }, context);
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
    const failed = settlement.outcome === 'rejected' || settlement.outcome === 'timed out';
    const parentSpan = parent === null ? undefined : this.#spans.get(parent);
    if (parentSpan !== undefined && failed) parentSpan.failed++;
    const own = this.#spans.get(task);
    const span = own?.span;
    if (own == null || span == null) return;
    own.span = null;
    this.#open--;
    if (own.isShared) return;
    if (span.isRecording()) {
      span.setAttributes(endAttributes(task, settlement, own));
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
    const span = own?.span;
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

  /** The context of a task, pending or settled; the current one if it has no span. */
  contextOf(task: TaskRecord): Context {
    const { context, trace } = this.#api;
    const active = context.active();
    const own = this.#spans.get(task);
    if (own === undefined) return active;
    return own.span === null ? trace.setSpanContext(active, own.context) : trace.setSpan(active, own.span);
  }
}

function spanNameOf({ origin: { kind, name } }: TaskRecord): string {
  if (kind === 'retry') return spanName.retry(name);
  return kind === 'attempt' ? spanName.attempt(name) : spanName.run(name);
}

function attemptAttributes(retry: TaskRecord | null, retrySpan: TaskSpan | undefined): Attributes {
  const progress = retry?.progress;
  if (progress == null) return {};
  return {
    [attribute.retryAttemptNumber]: progress.attempt,
    ...(progress.limit !== null && { [attribute.retryAttemptLimit]: progress.limit }),
    ...(progress.attempt > 1 && retrySpan !== undefined && { [attribute.retryDelay]: retrySpan.backoffMs / 1000 }),
  };
}

function setSite(span: Span, site: Site): void {
  if (site.function !== '') span.setAttribute(attribute.codeFunctionName, site.function);
  span.setAttribute(attribute.codeFilePath, filePath(site.file));
  span.setAttribute(attribute.codeLineNumber, site.line);
  if (!site.exact) span.setAttribute(attribute.taskSiteExact, false);
}

/** Few files create many tasks, and taking a URL apart costs a microsecond. */
function filePath(file: string): string {
  let path = paths.get(file);
  if (path === undefined) {
    try {
      path = file.startsWith('file:') ? fileURLToPath(file) : file;
    } catch {
      path = file; // a URL that is no path here, as loaders may make them up
    }
    if (paths.size >= pathsKept) paths.clear();
    paths.set(file, path);
  }
  return path;
}

function endAttributes({ origin, progress }: TaskRecord, { outcome }: Settlement, own: TaskSpan): Attributes {
  const attributes: Attributes = { [attribute.taskOutcome]: outcome.replace(' ', '_') };
  if (origin.kind === 'group') {
    attributes[attribute.groupTaskCount] = own.tasks;
    attributes[attribute.groupFailedCount] = own.failed;
  }
  if (origin.kind === 'retry' && progress != null) {
    const { attempt, limit } = progress;
    const exhausted = outcome !== 'cancelled' && limit !== null && attempt >= limit;
    attributes[attribute.retryOutcome] = outcome === 'fulfilled' ? 'succeeded' : exhausted ? 'exhausted' : 'aborted';
    attributes[attribute.retryAttemptNumber] = attempt;
    if (limit !== null) attributes[attribute.retryAttemptLimit] = limit;
  }
  return attributes;
}

/** The error is the program's: reading it may run its code, and that may throw. */
function describeError(error: unknown): { type: string; message: string } {
  try {
    if (!(error instanceof Error)) return { type: error === null ? 'null' : typeof error, message: clip(error) };
    const { name, message } = error;
    const code = 'code' in error && typeof error.code === 'string' ? error.code : 'Error';
    return { type: typeof name === 'string' && name !== 'Error' ? name : code, message: clip(message) };
  } catch {
    return { type: 'unknown', message: '' };
  }
}

function clip(message: unknown): string {
  const text = String(message);
  return text.length > longestMessage ? `${text.slice(0, longestMessage)}…` : text;
}
