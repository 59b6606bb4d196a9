// Log records of what somebody should look at, read by an SDK of the test's own.
import * as api from '@opentelemetry/api';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { loopBlocked, type BlockRecord } from '../../../src/channels/loop.ts';
import { breakerChanged } from '../../../src/channels/resource.ts';
import { Lock } from '../../../src/primitives/locks/lock.ts';
import { createTask } from '../../../src/primitives/tasks/task.ts';
import { startLogs, type Logs } from '../../../src/subscribers/logs/logs.ts';
import { startRegistry } from '../../../src/subscribers/registry.ts';
import { turn } from '../../support/turn.ts';

const exporter = new InMemoryLogRecordExporter();
const loggerProvider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] });
const file = import.meta.filename;
let logs: Logs;

beforeEach(() => {
  startRegistry().stop();
  exporter.reset();
});

afterEach(() => {
  logs.stop();
  api.logs.disable();
});

/** Each record as severity, event and sentence, times as `0`. */
function lines(): string[] {
  return exporter
    .getFinishedLogRecords()
    .map(({ severityText, eventName, body }) => `${severityText} ${eventName}: ${String(body)}`)
    .map((line) => line.replaceAll(/[\d.]+ s\b/g, '0 s').replaceAll(/#\d+/g, '#0'));
}

function attributes(): Record<string, unknown>[] {
  return exporter.getFinishedLogRecords().map((record) => record.attributes);
}

test('a blocked loop is a warning with function, line, stack and task', async () => {
  logs = startLogs({ api, loggerProvider });
  const task = createTask(async () => turn(), { name: 'POST /report' });
  const site = { file, line: 12, column: 3, function: 'monthlyReport', exact: true };
  const block: BlockRecord = {
    kind: 'native call',
    since: 0,
    durationMs: 312.5,
    ended: true,
    stack: [site, { ...site, line: 40, function: '' }],
    native: 'execSync',
    task,
  };
  loopBlocked.publish(block);
  await task;
  expect(lines()).toEqual([
    `WARN loopscope.eventloop.blocked: the event loop was blocked for 313 ms by monthlyReport at ${file}:12:3, in POST /report #0`,
  ]);
  expect(attributes()).toEqual([
    {
      'loopscope.eventloop.block.duration': 0.3125,
      'loopscope.eventloop.block.kind': 'native call',
      'loopscope.eventloop.block.native': 'execSync',
      'code.function.name': 'monthlyReport',
      'code.file.path': file,
      'code.line.number': 12,
      'code.stacktrace': `    at monthlyReport (${file}:12:3)\n    at ${file}:40:3`,
      'loopscope.task.name': 'POST /report',
      'loopscope.task.id': String(task.id),
    },
  ]);
});

test('a breaker that opens is a warning with its cause, and one that closes is information', () => {
  logs = startLogs({ api, loggerProvider });
  const breaker = new Lock({ name: 'payments' }); // of a breaker only the name is read
  breakerChanged.publish({ breaker, from: 'closed', to: 'open', error: new TypeError('no route') });
  breakerChanged.publish({ breaker, from: 'open', to: 'half-open', error: undefined });
  breakerChanged.publish({ breaker, from: 'half-open', to: 'closed', error: undefined });
  expect(lines()).toEqual([
    'WARN loopscope.circuit_breaker.state_change: circuit breaker payments is open, and was closed: no route',
    'INFO loopscope.circuit_breaker.state_change: circuit breaker payments is half-open, and was open',
    'INFO loopscope.circuit_breaker.state_change: circuit breaker payments is closed, and was half-open',
  ]);
  expect(attributes()[0]).toEqual({
    'loopscope.circuit_breaker.name': 'payments',
    'loopscope.circuit_breaker.state': 'open',
    'loopscope.circuit_breaker.previous_state': 'closed',
    'error.type': 'TypeError',
    'error.message': 'no route',
  });
});

test('a deadlock is an error, once, when it has lasted for a second', async () => {
  logs = startLogs({ api, loggerProvider });
  const [stock, ledger] = [new Lock({ name: 'stock' }), new Lock({ name: 'ledger' })];
  const cross = (name: string, first: Lock, second: Lock): unknown =>
    createTask(() => first.run(async () => turn().then(() => second.acquire())), { name });
  cross('ship', stock, ledger);
  cross('refund', ledger, stock);
  await turn();
  await turn();
  logs.look();
  expect(lines()).toEqual([]);
  await vi.waitFor(
    () => {
      logs.look();
      expect(lines()).toHaveLength(1);
    },
    { timeout: 30_000 },
  );
  logs.look();
  expect(lines()).toEqual([
    'ERROR loopscope.deadlock: deadlock: ship #0 waits for lock ledger; refund #0 waits for lock stock',
  ]);
  expect(attributes()).toEqual([
    {
      'loopscope.deadlock.tasks': [expect.stringMatching(/^ship #\d+$/), expect.stringMatching(/^refund #\d+$/)],
      'loopscope.deadlock.targets': ['lock ledger', 'lock stock'],
    },
  ]);
});

test('a lock whose holder has settled is a warning, once, at the second look', async () => {
  logs = startLogs({ api, loggerProvider });
  const lock = new Lock({ name: 'till' });
  await createTask(() => lock.acquire(), { name: 'forgetful' });
  logs.look();
  expect(lines()).toEqual([]);
  logs.look();
  logs.look();
  expect(lines()).toEqual([
    expect.stringMatching(
      /^WARN loopscope.leak: lock till is held for 0 s by forgetful #0, which has settled, acquired at .*logs\.test\.ts:\d+:\d+$/,
    ),
  ]);
});

test('a task that stays pending is a warning, once, and says what it waits for', async () => {
  logs = startLogs({ api, loggerProvider, pendingAfterMs: 1 });
  const lock = new Lock({ name: 'till' });
  await lock.acquire();
  createTask(() => lock.acquire(), { name: 'customer' });
  await vi.waitFor(() => {
    logs.look();
    expect(lines()).toHaveLength(1);
  });
  logs.look();
  expect(lines()).toEqual([
    'WARN loopscope.task.pending: customer #0 is pending for 0 s, and waits to acquire lock till',
  ]);
  expect(attributes()[0]).toMatchObject({
    'loopscope.task.name': 'customer',
    'loopscope.task.kind': 'task',
    'loopscope.wait.kind': 'acquire',
    'loopscope.wait.target': 'lock till',
    'code.file.path': file,
  });
});

test('of very many that stay pending, a hundred are named, and the rest counted', async () => {
  logs = startLogs({ api, loggerProvider, pendingAfterMs: 1 });
  const never = new Promise<void>(() => {});
  for (let index = 0; index < 250; index++) createTask(() => never, { name: 'visitor' });
  const last = startRegistry().snapshot().tasks.at(-1)?.createdAt ?? 0;
  await vi.waitFor(() => expect(performance.now() - last).toBeGreaterThan(3));
  logs.look();
  logs.look();
  expect(lines()).toHaveLength(101);
  expect(lines().at(-1)).toBe('WARN loopscope.task.pending: 150 more tasks are pending for so long');
});

test('without a threshold nothing is said of tasks that are pending', async () => {
  logs = startLogs({ api, loggerProvider });
  createTask(() => new Promise(() => {}), { name: 'server' });
  await turn();
  logs.look();
  expect(lines()).toEqual([]);
});

test('an SDK that registers later gets the records, and so does one of before 3.0', () => {
  logs = startLogs({ api });
  const breaker = new Lock({ name: 'late' });
  const open = (): void => breakerChanged.publish({ breaker, from: 'closed', to: 'open', error: undefined });
  open();
  api.logs.setGlobalLoggerProvider(loggerProvider);
  open();
  expect(lines()).toHaveLength(1);
  api.logs.disable();
  const slot = globalThis as Record<symbol, unknown>;
  const key = Symbol.for('io.opentelemetry.js.api.logs');
  slot[key] = (version: number) => (version === 1 ? loggerProvider : undefined);
  open();
  delete slot[key];
  expect(lines()).toHaveLength(2);
});

test('records of a task are in the trace of its span', () => {
  const spanContext = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 };
  const contextOf = (): api.Context => api.trace.setSpanContext(api.ROOT_CONTEXT, spanContext);
  logs = startLogs({ api, loggerProvider, contextOf, pendingAfterMs: 1 });
  const task = createTask(async () => {}, { name: 'busy' });
  const block = { kind: 'unknown', since: 0, durationMs: 150, ended: true, stack: [], native: null } as const;
  loopBlocked.publish({ ...block, task });
  loopBlocked.publish({ ...block, task: null });
  expect(exporter.getFinishedLogRecords().map((record) => record.spanContext?.spanId)).toEqual([
    '2'.repeat(16),
    undefined,
  ]);
});
