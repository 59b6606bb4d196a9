// The span of a call that a circuit breaker refuses. One that it lets through is a task, and has the span of a task.
import type { Tracer } from '@opentelemetry/api';
import type { BreakerCall } from '../../channels/resource.ts';
import { now } from '../../runtime/clock.ts';
import { currentOrRoot } from '../../runtime/context.ts';
import { stateWord } from '../metrics/metrics-operations.ts';
import type { OpenTelemetryApi } from '../open-telemetry.ts';
import { attribute, spanName } from '../semconv.ts';
import type { SpanBudget } from './span-budget.ts';
import type { SpanTime } from './span-time.ts';
import type { TaskSpans } from './task-spans.ts';

export interface BreakerSpansOptions {
  readonly api: OpenTelemetryApi;
  readonly tracer: Tracer;
  readonly time: SpanTime;
  readonly tasks: TaskSpans;
  readonly budget: SpanBudget;
}

/** To the caller it is a failure, and so it is in its trace. */
export function makeRefusalSpan(
  { api, tracer, time, tasks, budget }: BreakerSpansOptions,
  { breaker, state }: BreakerCall,
): void {
  const at = now();
  const context = tasks.contextIn(currentOrRoot());
  if (tasks.isUnsampled(context) || !budget.take(at)) return;
  const attributes = {
    [attribute.breakerName]: breaker.name,
    [attribute.breakerState]: stateWord(state),
    [attribute.breakerOutcome]: 'refused',
    [attribute.errorType]: 'BreakerOpenError',
  };
  const span = tracer.startSpan(
    spanName.call(breaker.name),
    { kind: api.SpanKind.INTERNAL, startTime: time.follow(at), attributes },
    context,
  );
  span.setStatus({ code: api.SpanStatusCode.ERROR, message: `breaker ${breaker.name} is ${state}` });
  span.end(time.at(now()));
}
