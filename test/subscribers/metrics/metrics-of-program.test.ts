// Metrics and log records in SDKs of the program's own, on both lines of OpenTelemetry.
import { expect, test } from 'vitest';
import { runProgram } from '../../support/run-program.ts';

test.for([
  { line: '3.x', file: 'metrics-3.mjs' },
  { line: '2.x', file: '../otel-2/metrics.mjs' },
])('an SDK of the $line line that is started later gets metrics and log records', async ({ file }) => {
  const { code, stdout, stderr } = await runProgram(file);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual({
    errors: [],
    points: [
      'loopscope.lock.pending_requests ledger mutex: 1',
      'loopscope.task.active waiter task: 1',
      'loopscope.task.duration work task fulfilled: 1x in 16',
    ],
    events: ['WARN loopscope.circuit_breaker.state_change: circuit breaker ledger is open, and was closed: down'],
  });
});
