import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as api from '@opentelemetry/api';
import { afterAll, expect, test, vi } from 'vitest';
import {
  receiveThreadSpans,
  findMainThread,
  ThreadSpanProcessor,
} from '../../../src/subscribers/spans/thread-spans.ts';
import { spansOf, textOf, treeOf, type OtlpRequest } from '../../support/otlp-json.ts';

// On a machine that is busy the loop may be blocked, which would be a span more.
vi.stubEnv('LOOPSCOPE_WATCHDOG', '0');

const root = join(import.meta.dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'loopscope-threads-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('spans of a thread that ends at once, and of the program in it, go out through the main thread', async () => {
  const file = join(folder, 'spans.jsonl');
  await promisify(execFile)(
    process.execPath,
    ['--import', './dist/src/register.js', 'test/programs/thread-spans.mjs'],
    {
      cwd: root,
      timeout: 60_000,
      env: { ...process.env, NODE_OPTIONS: '', LOOPSCOPE_TRACE_FILE: file },
    },
  );
  const requests = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as OtlpRequest);
  const spans = requests.flatMap(spansOf);
  expect(treeOf(spans)).toEqual([
    'run main INTERNAL',
    'run in thread INTERNAL',
    '  query INTERNAL, null run in thread, ERROR null',
  ]);
  const resources = requests.flatMap(({ resourceSpans }) =>
    resourceSpans.map(({ resource }) => JSON.stringify(resource)),
  );
  expect(new Set(resources).size).toBe(1);
  const [, inThread, query] = ['run main', 'run in thread', 'query'].map((name) =>
    spans.find((span) => span.name === name),
  );
  expect(textOf(inThread?.attributes, 'thread.id')).toBe('{"intValue":1}');
  expect(query).toMatchObject({
    events: [{ name: 'asked', attributes: [{ key: 'rows', value: { arrayValue: { values: [{}, {}] } } }] }],
    status: { code: 2, message: 'no rows' },
  });
});

const span = {
  name: 'ended',
  links: [],
  spanContext: () => ({
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    traceFlags: 1,
    traceState: api.createTraceState('vendor=1'),
  }),
};

test('what a thread hands on arrives whole, with the resource of the main thread', () => {
  const resource = {};
  const got: unknown[] = [];
  const received = receiveThreadSpans(api, resource, (each) => got.push(each));
  const counts = findMainThread() as Int32Array;
  const processor = new ThreadSpanProcessor(counts);
  processor.onEnd(span);
  processor.onEnd({ spanContext: () => ({ ...span.spanContext(), traceFlags: 0 }) });
  processor.post();
  expect([...counts]).toEqual([1, 0]);
  received.drain();
  expect([...counts]).toEqual([0, 0]);
  expect(got).toMatchObject([{ name: 'ended', resource }]);
  const [only] = got as (typeof span)[];
  expect(only?.spanContext().traceState.serialize()).toBe('vendor=1');
});

test('what is too much, or cannot be sent, is counted', async () => {
  const received = receiveThreadSpans(api, {}, () => {});
  const counts = findMainThread() as Int32Array;
  counts[0] = 32_767;
  const processor = new ThreadSpanProcessor(counts);
  processor.onEnd(span);
  processor.onEnd(span);
  expect([...counts]).toEqual([32_768, 1]);
  processor.post();
  received.drain();
  const unsendable = { ...span, attributes: { value: () => {} } };
  processor.onEnd(unsendable);
  await processor.forceFlush();
  expect([...counts]).toEqual([32_767, 2]);
  expect(received.dropped()).toBe(2);
});
