// A program that has started an OpenTelemetry SDK of its own before loopscope is asked to export.
import { NodeSDK } from '@opentelemetry/sdk-node';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { createTask } from '../../src/primitives/task.ts';
import { startOtlp } from '../../src/subscribers/otlp.ts';
import { startSpans } from '../../src/subscribers/spans.ts';

const memory = new InMemorySpanExporter();
const spanProcessors = [new SimpleSpanProcessor({ exporter: memory })];
new NodeSDK({ autoDetectResources: false, spanProcessors, metricReaders: [], logRecordProcessors: [] }).start();

const exporter = startOtlp();
startSpans({ api: exporter.api });
await createTask(async () => {}, { name: 'theirs' });
const flushed = await exporter.flush(30_000);
await exporter.stop();
const spans = memory.getFinishedSpans().map((span) => span.name);
console.log(JSON.stringify({ flushed, counts: exporter.counts(), spans }));
