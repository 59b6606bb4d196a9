// The same in CommonJS.
const api = require('@opentelemetry/api');
const { NodeSDK } = require('@opentelemetry/sdk-node');
const { InMemorySpanExporter, SimpleSpanProcessor } = require('@opentelemetry/sdk-trace-node');
const { run } = require('../programs/sdk-of-program.cjs');

const memory = new InMemorySpanExporter();
const processor = new SimpleSpanProcessor(memory);
const load = (name) => require(`../../dist/src/${name}.js`);
void run({ api, NodeSDK, memory, processor, load }, process.argv[2]);
