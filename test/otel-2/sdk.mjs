// A module on the line of OpenTelemetry before 3.0.
import * as api from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { run } from '../programs/sdk-of-program.cjs';

const memory = new InMemorySpanExporter();
const processor = new SimpleSpanProcessor(memory);
const load = (name) => import(`../../dist/src/${name}.js`);
await run({ api, NodeSDK, memory, processor, load }, process.argv[2]);
