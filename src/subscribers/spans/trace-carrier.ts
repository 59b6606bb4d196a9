// The trace that a job belongs to, on its way to another thread or process: as W3C Trace Context writes it.
// https://www.w3.org/TR/trace-context/
import type { Context, Link, SpanContext } from '@opentelemetry/api';
import type { OpenTelemetryApi } from '../open-telemetry.ts';
import { attribute } from '../semconv.ts';

const sentKey = Symbol.for('loopscope.sent-job@1');
const traceparent = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Which executor has sent the job that is about to be created. */
export interface SentJob {
  readonly executor: string;
  /** `threads` or `processes`. */
  readonly type: string;
  /** The id of the span `submit`, which is in the same trace. */
  readonly submit: string;
}

/** What goes into the message. */
export function writeCarrier(span: SpanContext, job: SentJob | null): Record<string, string> {
  const flags = (span.traceFlags & 0xff).toString(16).padStart(2, '0');
  const state = span.traceState?.serialize() ?? '';
  return {
    traceparent: `00-${span.traceId}-${span.spanId}-${flags}`,
    ...(state !== '' && { tracestate: state }),
    ...job,
  };
}

/** The context in the worker: what runs in it belongs to that trace. */
export function readCarrier(api: OpenTelemetryApi, carrier: Readonly<Record<string, string>>): Context {
  const active = api.context.active();
  const [, traceId, spanId, flags] = traceparent.exec(carrier['traceparent'] ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return active;
  const { tracestate, executor, type, submit } = carrier;
  const context = api.trace.setSpanContext(active, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
    ...(tracestate !== undefined && { traceState: api.createTraceState(tracestate) }),
  });
  if (executor === undefined || type === undefined || submit === undefined) return context;
  return context.setValue(sentKey, { executor, type, submit });
}

/** Whether the job that is created in this context was sent by an executor. */
export function sentWithJob(context: Context): SentJob | null {
  return (context.getValue(sentKey) as SentJob | undefined) ?? null;
}

/** From where a job is processed to where it was submitted. */
export function linksToSubmit(api: OpenTelemetryApi, context: Context, { submit }: SentJob): Link[] {
  const parent = api.trace.getSpanContext(context);
  if (parent === undefined) return [];
  return [{ context: { ...parent, spanId: submit }, attributes: { [attribute.linkType]: 'job' } }];
}
