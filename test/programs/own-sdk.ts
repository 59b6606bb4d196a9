// A program that has started an OpenTelemetry SDK of its own before loopscope is asked to export.
import { NodeSDK } from '@opentelemetry/sdk-node';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { createTask } from '../../src/primitives/tasks/task.ts';
import { startExport } from '../../src/subscribers/export/export.ts';
import { startSpans } from '../../src/subscribers/spans/spans.ts';

const memory = new InMemorySpanExporter();
const spanProcessors = [new SimpleSpanProcessor({ exporter: memory })];
new NodeSDK({ autoDetectResources: false, spanProcessors, metricReaders: [], logRecordProcessors: [] }).start();

const exporter = startExport({ otlp: null });
startSpans(exporter.sdk);
await createTask(async () => {}, { name: 'theirs' });
const flushed = await exporter.flush(30_000);
await exporter.stop();
const spans = memory.getFinishedSpans().map((span) => span.name);
console.log(JSON.stringify({ flushed, counts: exporter.counts(), spans }));
