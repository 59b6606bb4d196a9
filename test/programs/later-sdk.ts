// A program that starts an OpenTelemetry SDK of its own, while loopscope exports spans already.
import { trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { createTask } from '../../src/primitives/task.ts';
import { startOtlp } from '../../src/subscribers/otlp.ts';
import { startSpans } from '../../src/subscribers/spans.ts';

const exporter = startOtlp({ endpoint: process.argv[2] as string });
startSpans({ api: exporter.api });
await createTask(() => {}, { name: 'before' });

const memory = new InMemorySpanExporter();
const spanProcessors = [new SimpleSpanProcessor({ exporter: memory })];
new NodeSDK({ autoDetectResources: false, spanProcessors, metricReaders: [], logRecordProcessors: [] }).start();
let parent: string | undefined;
const task = createTask(
  () => {
    parent = trace.getActiveSpan()?.spanContext().spanId;
    trace.getTracer('program').startActiveSpan('query', (span) => span.end());
  },
  { name: 'after' },
);
await task;
await exporter.flush(30_000);
const spans = memory.getFinishedSpans();
console.log(
  JSON.stringify({
    theirs: spans.map(({ name }) => name),
    nested: spans.every(({ parentSpanContext }) => parentSpanContext?.spanId === parent),
    exported: exporter.counts().exported,
  }),
);
