// Spans in files: what is in them, how large they become, and whose they are.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { EndedSpan, ExportResult } from '../../../src/subscribers/export/export-queue.ts';
import { TraceFile, type TraceFileOptions } from '../../../src/subscribers/export/trace-file.ts';
import { loopscope, program, register, startLoopscope, startNode } from '../../support/cli.ts';
import { spansIn } from '../../support/otlp-json.ts';

// On a machine that is busy the loop may be blocked, which would be a span more.
vi.stubEnv('LOOPSCOPE_WATCHDOG', '0');

let folder: string;
let file: string;

beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'loopscope-trace-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(({ task }) => void (file = join(folder, `${task.id}.jsonl`)));

const span: EndedSpan = { spanContext: () => ({ traceFlags: 1 }) };

function open(options: Partial<TraceFileOptions> = {}): (text: string, spans?: number) => ExportResult {
  const exporter = new TraceFile({
    path: file,
    pathOfOthers: `${file}.other`,
    maxBytes: 1000,
    maxFiles: 3,
    serialize: () => Buffer.from(next),
    ...options,
  });
  let next = '';
  return Object.assign(
    (text: string, spans = 1) => {
      next = text;
      let result: ExportResult = { code: 2 };
      exporter.export(
        Array.from({ length: spans }, () => span),
        (given) => (result = given),
      );
      return result;
    },
    { exporter },
  );
}

function read(name: string): string {
  return readFileSync(name, 'utf8');
}

test('a file that would become too large is renamed, the oldest is deleted, and its spans are counted', () => {
  const write = open() as ReturnType<typeof open> & { readonly exporter: TraceFile };
  for (const letter of 'abcdefg') expect(write(letter.repeat(499), 2)).toEqual({ code: 0 });
  expect([`${file}.2`, `${file}.1`, file].map((name) => read(name).replaceAll(/(.)\1+/g, '$1'))).toEqual([
    'c\nd\n',
    'e\nf\n',
    'g\n',
  ]);
  expect(existsSync(`${file}.3`)).toBe(false);
  expect(write.exporter.deleted).toBe(4);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('a line that was cut off by a kill is ended before the next', () => {
  writeFileSync(file, '{"resour');
  expect(open()('{}')).toEqual({ code: 0 });
  expect(read(file)).toBe('{"resour\n{}\n');
});

test('a file belongs to one process at a time: another one writes beside it, unless the first has ended', async () => {
  writeFileSync(`${file}.pid`, String(process.ppid));
  expect(open()('second')).toEqual({ code: 0 });
  expect(read(`${file}.other`)).toBe('second\n');
  writeFileSync(`${file}.pid`, '999999999');
  const first = open() as ReturnType<typeof open> & { readonly exporter: TraceFile };
  expect(first('first')).toEqual({ code: 0 });
  expect([read(file), read(`${file}.pid`)]).toEqual(['first\n', String(process.pid)]);
  await first.exporter.shutdown();
  expect(existsSync(`${file}.pid`)).toBe(false);
});

test('a file that cannot be written is a failure, and no error', () => {
  const write = open({ path: join(folder, 'missing/trace.jsonl') });
  expect(write('x')).toMatchObject({ code: 1, error: { code: 'ENOENT' } });
});

const ends = program('trace-ends.mjs');
const expected = ['run stored', 'run first in run last', 'run last'];

describe('a program that ends', () => {
  test.each([
    ['by itself', 'return', 0, null],
    ['by process.exit()', 'exit', 7, null],
    ['with an error', 'throw', 1, null],
    ['by SIGTERM', 'SIGTERM', null, 'SIGTERM'],
  ])('%s leaves all spans in the file', async (_how, mode, code, signal) => {
    const env = { LOOPSCOPE_TRACE_FILE: file };
    const outcome = await startNode(['--import', register, ends, mode], { env }).outcome;
    expect({ code: outcome.code, signal: outcome.signal }).toEqual({ code, signal });
    expect(spansIn(read(file))).toEqual(expected);
    expect(existsSync(`${file}.pid`)).toBe(false);
  });

  test('by Ctrl-C under loopscope run leaves them, too, and the report says so', async () => {
    const run = startLoopscope(['run', '--trace-file', file, ends, 'wait'], { group: true });
    await run.printed('waiting');
    process.kill(-(run.child.pid as number), 'SIGINT');
    const { stderr } = await run.outcome;
    expect(spansIn(read(file))).toEqual(expected);
    expect(stderr).toContain(`SPANS\n  to ${file} · `);
  });
});

test('child processes have files of their own beside it', async () => {
  const { stderr } = await loopscope(['run', '--trace-file', file, ends, 'family']);
  expect(stderr).toBe('');
  const names = readdirSync(folder).filter((name) => name.startsWith(file.slice(folder.length + 1, -'.jsonl'.length)));
  expect(
    names.toSorted().map((name) =>
      name
        .replace(/\.\d+\.jsonl$/, '.PID.jsonl')
        .split('.')
        .slice(1)
        .join('.'),
    ),
  ).toEqual(['PID.jsonl', 'jsonl']);
  for (const name of names) expect(spansIn(read(join(folder, name)))).toEqual(expected);
});
