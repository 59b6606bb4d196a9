// A program that starts an OpenTelemetry SDK of its own, while loopscope exports spans already.
import { trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { createTask } from '../../src/primitives/tasks/task.ts';
import { startExport } from '../../src/subscribers/export/export.ts';
import { startSpans } from '../../src/subscribers/spans/spans.ts';

const exporter = startExport({ otlp: process.argv[2] as string });
startSpans(exporter.sdk);
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
    nested: spans[0]?.parentSpanContext?.spanId === parent,
    exported: exporter.counts()[0]?.exported,
  }),
);
