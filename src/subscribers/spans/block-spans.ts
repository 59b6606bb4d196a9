// The spans of turns in which something blocked the loop: known when they are over, and so made afterwards.
import type { Attributes, SpanContext, Tracer } from '@opentelemetry/api';
import type { BlockRecord } from '../../channels/loop.ts';
import { SiteMapper } from '../../runtime/source-map.ts';
import { ofBlock } from '../logs/log-records.ts';
import type { OpenTelemetryApi } from '../open-telemetry.ts';
import { attribute, spanName } from '../semconv.ts';
import type { SpanTime } from './span-time.ts';
import type { TaskSpans } from './task-spans.ts';

export interface BlockSpansOptions {
  readonly api: OpenTelemetryApi;
  readonly tracer: Tracer;
  readonly time: SpanTime;
  readonly tasks: TaskSpans;
}

/** In the trace of the task that blocked the loop, and linked to it; else a trace of its own. */
export function makeBlockSpan(
  { api, tracer, time, tasks }: BlockSpansOptions,
  block: BlockRecord,
  thresholdMs: number | undefined,
): void {
  const { task, since, durationMs, stack } = block;
  const culprit: SpanContext | undefined = task === null ? undefined : tasks.spanContextOf(task);
  const context = task === null || culprit === undefined ? api.ROOT_CONTEXT : tasks.contextOf(task);
  if (tasks.isUnsampled(context)) return;
  const mapper = new SiteMapper();
  const { record } = ofBlock(
    block,
    stack.map((site) => mapper.map(site)),
  );
  const links = culprit === undefined ? [] : [{ context: culprit, attributes: { [attribute.linkType]: 'culprit' } }];
  // A turn is longer than what runs in it, and a span that is longer than its parent is taken for a clock gone wrong.
  const times = task === null ? undefined : tasks.timesOf(task);
  const startTime = time.at(Math.max(since, times?.createdAt ?? 0));
  const attributes = {
    ...(record.attributes as Attributes),
    ...(thresholdMs !== undefined && { [attribute.blockThreshold]: thresholdMs / 1000 }),
  };
  tracer
    .startSpan(spanName.loopBlocked, { kind: api.SpanKind.INTERNAL, startTime, attributes, links }, context)
    .end(time.at(Math.min(since + durationMs, times?.endedAt ?? Infinity)));
}
