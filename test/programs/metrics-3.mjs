// A program on the present line of OpenTelemetry.
import { logs, metrics } from '@opentelemetry/api';
import { LoggerProvider } from '@opentelemetry/sdk-logs';
import * as sdkMetrics from '@opentelemetry/sdk-metrics';
import { createTask, Lock } from '../../dist/src/index.js';
import { LoopscopeInstrumentation } from '../../dist/src/instrumentation.js';
import { run } from './metrics-of-program.cjs';

await run({
  sdkMetrics,
  setMeterProvider: (provider) => metrics.setGlobalMeterProvider(provider),
  logProvider: (processor) => logs.setGlobalLoggerProvider(new LoggerProvider({ processors: [processor] })),
  createTask,
  Lock,
  LoopscopeInstrumentation,
});
