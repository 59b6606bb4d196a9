// A program on the line of OpenTelemetry before 3.0, where log records have an API of their own.
import { createRequire } from 'node:module';
import { metrics } from '@opentelemetry/api';
import { createTask, Lock } from '../../dist/src/index.js';
import { LoopscopeInstrumentation } from '../../dist/src/instrumentation.js';
import { run } from '../programs/metrics-of-program.cjs';

// What sdk-node brings it finds itself.
const load = createRequire(createRequire(import.meta.url).resolve('@opentelemetry/sdk-node'));
const { logs } = load('@opentelemetry/api-logs');
const { LoggerProvider } = load('@opentelemetry/sdk-logs');

await run({
  sdkMetrics: load('@opentelemetry/sdk-metrics'),
  setMeterProvider: (provider) => metrics.setGlobalMeterProvider(provider),
  logProvider: (processor) => logs.setGlobalLoggerProvider(new LoggerProvider({ processors: [processor] })),
  createTask,
  Lock,
  LoopscopeInstrumentation,
});
