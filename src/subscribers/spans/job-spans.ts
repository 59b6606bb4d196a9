// The spans of jobs of executors: `submit`, from when a job is given until a worker has it, and `process`, where it runs. In
// a thread or process that is a span of the worker, whose trace goes on there: see trace-carrier.ts.
import type { Span, Tracer } from '@opentelemetry/api';
import type { Hold, ResourceRecord } from '../../channels/resource.ts';
import type { TaskRecord } from '../../channels/task.ts';
import { now } from '../../runtime/clock.ts';
import type { OpenTelemetryApi } from '../open-telemetry.ts';
import { isFailure, outcomeWord } from '../outcomes.ts';
import { attribute, spanName } from '../semconv.ts';
import type { SpanTime } from './span-time.ts';
import { describeError } from './task-attributes.ts';
import type { TaskSpans } from './task-spans.ts';
import { linksToSubmit, writeCarrier, type SentJob } from './trace-carrier.ts';

interface JobSpan {
  readonly sent: SentJob;
  /** Null where the job runs elsewhere. */
  process: Span | null;
}

export interface JobSpansOptions {
  readonly api: OpenTelemetryApi;
  readonly tracer: Tracer;
  readonly time: SpanTime;
  readonly tasks: TaskSpans;
}

export class JobSpans {
  readonly #options: JobSpansOptions;
  readonly #jobs = new WeakMap<TaskRecord, JobSpan>();
  readonly #types = new WeakMap<ResourceRecord, string>();

  constructor(options: JobSpansOptions) {
    this.#options = options;
  }

  /** A worker has the job. */
  holdStarted({ resource, task }: Hold): void {
    if (resource.kind !== 'executor') return;
    const { api, tracer, time, tasks } = this.#options;
    const job = tasks.recordingOf(task);
    if (job === null) return;
    const type = this.#typeOf(resource);
    const at = time.at(now());
    const attributes = { [attribute.executorName]: resource.name, [attribute.executorType]: type };
    const { PRODUCER, CONSUMER } = api.SpanKind;
    const options = { kind: PRODUCER, startTime: time.at(job.createdAt), attributes };
    const submit = tracer.startSpan(spanName.submit(resource.name), options, job.context);
    submit.end(at);
    const sent: SentJob = { executor: resource.name, type, submit: submit.spanContext().spanId };
    const own: JobSpan = { sent, process: null };
    this.#jobs.set(task, own);
    if (type !== 'tasks') return;
    // Both below the job, which lasts as long as both; not below each other, for one begins when the other has ended.
    const links = linksToSubmit(api, job.context, sent);
    own.process = tracer.startSpan(
      spanName.process(resource.name),
      { kind: CONSUMER, startTime: at, attributes, links },
      job.context,
    );
    tasks.setInner(task, own.process);
  }

  settled(task: TaskRecord): void {
    const process = this.#jobs.get(task)?.process ?? null;
    const { settlement } = task;
    if (process === null || settlement === null) return;
    this.#jobs.delete(task);
    process.setAttribute(attribute.taskOutcome, outcomeWord(settlement.outcome));
    if (isFailure(settlement.outcome)) {
      const { type, message } = describeError(settlement.error);
      process.setAttribute(attribute.errorType, type);
      process.setStatus({ code: this.#options.api.SpanStatusCode.ERROR, message });
    }
    process.end(this.#options.time.at(now()));
  }

  /** What goes to the worker with a job; null where it is not traced. */
  readonly inject = (task: TaskRecord): Record<string, string> | null => {
    const context = this.#options.tasks.spanContextOf(task);
    return context === undefined ? null : writeCarrier(context, this.#jobs.get(task)?.sent ?? null);
  };

  #typeOf(executor: ResourceRecord): string {
    let type = this.#types.get(executor);
    if (type === undefined) {
      const statistics = executor.statistics();
      type = statistics.kind === 'executor' ? statistics.type : 'tasks';
      this.#types.set(executor, type);
    }
    return type;
  }
}
