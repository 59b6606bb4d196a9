// The trace that a job belongs to, on its way to another thread or process: as W3C Trace Context writes it.
// https://www.w3.org/TR/trace-context/
import type { Context, SpanContext } from '@opentelemetry/api';
import type { OpenTelemetryApi } from './open-telemetry.ts';

const sentKey = Symbol.for('loopscope.sent-job@1');
const traceparent = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Which executor has sent the job that is about to be created. */
export interface SentJob {
  readonly executor: string;
  /** `threads` or `processes`. */
  readonly type: string;
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
  const { tracestate, executor, type } = carrier;
  const context = api.trace.setSpanContext(active, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
    ...(tracestate !== undefined && { traceState: api.createTraceState(tracestate) }),
  });
  return executor === undefined || type === undefined ? context : context.setValue(sentKey, { executor, type });
}

/** Whether the job that is created in this context was sent by an executor. */
export function sentWithJob(context: Context): SentJob | null {
  return (context.getValue(sentKey) as SentJob | undefined) ?? null;
}
