// Spans as tests want to read them: ended ones in memory, each as one line.
import * as api from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { InMemorySpanExporter, SimpleSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace';
import { afterAll, afterEach, beforeEach, expect } from 'vitest';
import { startSpans, type Spans, type SpansOptions } from '../../src/subscribers/spans/spans.ts';

const exporter = new InMemorySpanExporter();

/** The spans of the test that runs. */
export interface SpansOfTest {
  current: Spans;
  /** Starts them with other options than those of every test. */
  restart(options: Partial<SpansOptions>): void;
}

/** Keeps the spans of a test file: one SDK, with everything but spans in memory switched off, and spans anew for each test. */
export function spansOfEachTest(): SpansOfTest {
  const sdk = new NodeSDK({
    autoDetectResources: false,
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
    metricReaders: [],
    logRecordProcessors: [],
  });
  sdk.start();
  const spans: SpansOfTest = {
    current: startSpans({ api }),
    restart(options) {
      this.current.stop();
      this.current = startSpans({ api, ...options });
    },
  };
  beforeEach(() => spans.restart({}));
  afterEach(() => {
    spans.current.stop();
    forgetSpans();
  });
  afterAll(() => sdk.shutdown());
  return spans;
}

export function forgetSpans(): void {
  exporter.reset();
}

/** All spans that have ended, in this order. */
export function finished(): ReadableSpan[] {
  return exporter.getFinishedSpans();
}

/** The one span of this name. */
export function find(name: string): ReadableSpan {
  const [span, ...more] = finished().filter((other) => other.name === name);
  if (span === undefined || more.length > 0)
    expect.unreachable(`${more.length + Number(span !== undefined)} spans named ${name}`);
  return span;
}

/** Each span as one line in the order of ending: name, kind, parent, links, and the message of an error. */
export function lines(): string[] {
  const names = new Map(finished().map((span) => [span.spanContext().spanId, span.name]));
  const nameOf = (id: string): string => names.get(id) ?? 'a span that was not exported';
  return finished().map(({ name, kind, parentSpanContext, links, status }) => {
    const parts = [`${name} ${api.SpanKind[kind]}`];
    if (parentSpanContext !== undefined) parts.push(`in ${nameOf(parentSpanContext.spanId)}`);
    for (const { attributes: own, context } of links) {
      parts.push(`${String(own?.['loopscope.link.type'])} ${nameOf(context.spanId)}`);
    }
    if (status.code === api.SpanStatusCode.ERROR) parts.push(`ERROR ${status.message}`);
    return parts.join(', ');
  });
}

/** All attributes but those of the call site, without our prefix, and of times only that they are numbers. */
export function attributes(name: string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(find(name).attributes)
      .filter(([key]) => !key.startsWith('code.') && key !== 'loopscope.task.site.exact')
      .map(([key, value]) => [key.replace('loopscope.', ''), key.endsWith('wait_time') ? typeof value : value]),
  );
}

/** A time or duration of the SDK in milliseconds. */
export function milliseconds([seconds, nanoseconds]: readonly [number, number]): number {
  return seconds * 1000 + nanoseconds / 1e6;
}
