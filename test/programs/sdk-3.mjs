// A module on the present line of OpenTelemetry.
import * as api from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { run } from './sdk-of-program.cjs';

const memory = new InMemorySpanExporter();
const processor = new SimpleSpanProcessor({ exporter: memory });
const load = (name) => import(`../../dist/src/${name}.js`);
await run({ api, NodeSDK, memory, processor, load }, process.argv[2]);
