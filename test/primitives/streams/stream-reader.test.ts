import * as fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { createTask, IncompleteReadError, LimitOverrunError } from '../../../src/index.ts';
import { recordMessages } from '../../support/messages.ts';
import { collect, feeder, text } from '../../support/streams.ts';
import { expectNothingLeft, microtasks, rejection } from '../../support/turn.ts';

afterEach(expectNothingLeft);

test('messages of a read that waits and of one that does not', async () => {
  const { stop } = recordMessages();
  const { reader, feed } = feeder();
  const task = createTask(async () => [await text(reader.readLine()), await text(reader.readLine())], {
    name: 'client',
  });
  feed('one\ntw', 'o\nrest');
  await microtasks(10);
  expect(stop()).toEqual([
    'task client created',
    'client waits to read fed',
    'client waited to read fed',
    'task client fulfilled',
  ]);
  expect(await task).toEqual(['one\n', 'two\n']);
  expect(reader.buffered).toBe(4);
});

test('read() gives all until the end', async () => {
  const { reader, feed, end } = feeder(4);
  const all = text(reader.read());
  feed('some ', 'longer ', 'text');
  end();
  expect([await all, reader.atEof, await text(reader.read())]).toEqual(['some longer text', true, '']);
});

test('read(n) gives what there is, at most n bytes', async () => {
  const { reader, feed } = feeder();
  feed('abcdef');
  expect([await text(reader.read(4)), await text(reader.read(4))]).toEqual(['abcd', 'ef']);
  const later = text(reader.read(10));
  feed('ghi', 'jkl');
  expect([await later, await text(reader.read(10))]).toEqual(['ghi', 'jkl']);
});

test('read(0) gives nothing at once', async () => {
  const { reader, feed } = feeder();
  expect(await text(reader.read(0))).toBe('');
  feed('abc');
  expect([await text(reader.read(0)), reader.buffered]).toEqual(['', 3]);
});

test('read(n) at the end of the stream gives null', async () => {
  const { reader, end } = feeder();
  const waiting = reader.read(5);
  end();
  expect([await waiting, await reader.read(5), reader.atEof]).toEqual([null, null, true]);
});

test('atEof is true only when all has been read', async () => {
  const { reader, feed, end } = feeder();
  feed('x');
  const before = reader.atEof;
  end();
  const between = reader.atEof;
  await reader.read(1);
  expect([before, between, reader.atEof]).toEqual([false, false, true]);
});

test('readLine gives lines with their ends, then the rest, then null', async () => {
  const { reader, feed, end } = feeder();
  feed('one\n\ntwo', '\nrest');
  end();
  const lines = [];
  for (let line = await reader.readLine(); line !== null; line = await reader.readLine()) lines.push(String(line));
  expect(lines).toEqual(['one\n', '\n', 'two\n', 'rest']);
});

test('readLine waits for the end of the line, over many chunks', async () => {
  const { reader, feed } = feeder();
  const line = text(reader.readLine());
  feed('c', 'h', 'u', 'n', 'k', '\n', 'x');
  expect([await line, reader.buffered]).toEqual(['chunk\n', 1]);
});

test('a line longer than the limit is an error, and stays in the buffer', async () => {
  const { reader, feed } = feeder(3);
  feed('abcdef\ngh\n');
  const error = await rejection(reader.readLine());
  expect(error).toBeInstanceOf(LimitOverrunError);
  expect(error).toMatchObject({
    code: 'ERR_LOOPSCOPE_LIMIT_OVERRUN',
    message: 'stream fed: a separator came after 6 bytes, more than the limit of 3',
    consumed: 6,
  });
  await reader.readExactly((error as LimitOverrunError).consumed + 1);
  expect(await text(reader.readLine())).toBe('gh\n');
});

test('a line of exactly the limit is read', async () => {
  const { reader, feed } = feeder(3);
  feed('abc\nabcd\n');
  expect(await text(reader.readLine())).toBe('abc\n');
  await expect(reader.readLine()).rejects.toThrow(LimitOverrunError);
});

test('a line that gets too long while it is waited for is an error before its end has come', async () => {
  const { reader, feed } = feeder(4);
  const line = rejection(reader.readLine());
  feed('abc', 'def');
  expect(await line).toMatchObject({ consumed: 6, message: expect.stringContaining('no separator in 6 bytes') });
  expect(await text(reader.read(10))).toBe('abcdef');
});

test('readUntil gives all up to a separator of several bytes', async () => {
  const { reader, feed } = feeder();
  feed('head\r\nbody\r', '\n\r\nrest');
  expect(await text(reader.readUntil('\r\n\r\n'))).toBe('head\r\nbody\r\n\r\n');
  expect(reader.buffered).toBe(4);
});

test('readUntil finds a separator that arrives byte by byte', async () => {
  const { reader, feed } = feeder();
  const record = text(reader.readUntil(Buffer.from('$$$')));
  feed('a', '$', '$', 'b', '$', '$', '$', '$');
  expect([await record, reader.buffered]).toEqual(['a$$b$$$', 1]);
});

test('of several separators the one that ends first counts', async () => {
  const { reader, feed } = feeder();
  feed('one\r\ntwo\nthree\rfour');
  const separators = ['\r\n', '\n', '\r'];
  expect([
    await text(reader.readUntil(separators)),
    await text(reader.readUntil(separators)),
    await text(reader.readUntil(separators)),
    await text(reader.readUntil(separators)),
  ]).toEqual(['one\r', '\n', 'two\n', 'three\r']);
});

test('readUntil at the end gives an error with what there was, and takes it', async () => {
  const { reader, feed, end } = feeder();
  feed('some data');
  end();
  const error = await rejection(reader.readUntil('@'));
  expect(error).toBeInstanceOf(IncompleteReadError);
  expect(error).toMatchObject({
    code: 'ERR_LOOPSCOPE_INCOMPLETE_READ',
    message: 'stream fed ended before a separator, after 9 bytes',
    expected: null,
    partial: Buffer.from('some data'),
  });
  expect(reader.atEof).toBe(true);
});

test('readUntil does not find separators in bytes that were read', async () => {
  const { reader, feed, end } = feeder();
  feed('a|b');
  await reader.readExactly(2);
  feed('c');
  end();
  await expect(reader.readUntil('|')).rejects.toMatchObject({ partial: Buffer.from('bc') });
});

test('readExactly gives so many bytes, however they come, and leaves the rest', async () => {
  const { reader, feed } = feeder(2);
  const bytes = text(reader.readExactly(7));
  feed('abc', 'def', 'ghi');
  expect([await bytes, reader.buffered, await text(reader.readExactly(0))]).toEqual(['abcdefg', 2, '']);
});

test('readExactly at the end gives an error with what there was', async () => {
  const { reader, feed, end } = feeder();
  const bytes = rejection(reader.readExactly(5));
  feed('abc');
  end();
  expect(await bytes).toMatchObject({
    message: 'stream fed ended after 3 of 5 bytes',
    expected: 5,
    partial: Buffer.from('abc'),
  });
});

test('what broke the stream ends the wait and every later read; what came before can be read', async () => {
  const { reader, feed, fail } = feeder();
  const waiting = rejection(reader.readExactly(10));
  feed('abc\nde');
  const error = new Error('reset');
  fail(error);
  expect(await waiting).toBe(error);
  expect(await text(reader.readLine())).toBe('abc\n');
  expect(await rejection(reader.readLine())).toBe(error);
  expect([await text(reader.read(10)), await rejection(reader.read(10))]).toEqual(['de', error]);
});

test('lines, chunks, and the reader itself can be iterated over', async () => {
  const [first, second, third] = [feeder(), feeder(), feeder(2)];
  for (const each of [first, second, third]) {
    each.feed('one\ntwo\nrest');
    each.end();
  }
  const all = async (source: AsyncIterable<Buffer>) => (await collect(source)).map(String);
  expect(await all(first.reader)).toEqual(['one\n', 'two\n', 'rest']);
  expect(await all(second.reader.lines())).toEqual(['one\n', 'two\n', 'rest']);
  expect(await all(third.reader.chunks())).toEqual(['on', 'e\n', 'tw', 'o\n', 're', 'st']);
});

test('leaving a loop over lines leaves the rest in the buffer', async () => {
  const { reader, feed } = feeder();
  feed('one\ntwo\nthree\n');
  for await (const line of reader) if (String(line) === 'two\n') break;
  expect(await text(reader.readLine())).toBe('three\n');
});

test('an iteration that failed or was left is over', async () => {
  const { reader, feed } = feeder(3);
  feed('1\n2\n12345\n');
  const [left, failed] = [reader.lines(), reader.lines()];
  await left.next();
  await left.return?.();
  expect([await left.next(), String((await failed.next()).value)]).toEqual([{ done: true, value: undefined }, '2\n']);
  await expect(failed.next()).rejects.toThrow(LimitOverrunError);
  expect([await failed.next(), await text(reader.read(10))]).toEqual([{ done: true, value: undefined }, '12345\n']);
});

test('two tasks cannot read at the same time: the error names who reads', async () => {
  const { reader, feed } = feeder();
  const first = createTask(async () => text(reader.readLine()), { name: 'first' });
  await expect(reader.read(1)).rejects.toMatchObject({
    code: 'ERR_LOOPSCOPE_STATE',
    message: `first #${first.id} waits to read from stream fed: one task reads at a time`,
  });
  feed('line\n');
  expect(await first).toBe('line\n');
});

test.each([
  ['readLine', (reader, options) => reader.readLine(options)],
  ['readExactly', (reader, options) => reader.readExactly(8, options)],
  ['readUntil', (reader, options) => reader.readUntil('\n', options)],
  ['read', (reader, options) => reader.read(Infinity, options)],
] satisfies [
  string,
  (
    reader: ReturnType<typeof feeder>['reader'],
    options: { timeout?: number; signal?: AbortSignal },
  ) => Promise<unknown>,
][])('a %s which ends by timeout, signal or cancellation takes nothing', async (_name, read) => {
  vi.useFakeTimers();
  const { reader, feed, end } = feeder();
  feed('abc');
  const timedOut = rejection(read(reader, { timeout: 10 }));
  await vi.advanceTimersByTimeAsync(10);
  expect(await timedOut).toMatchObject({
    code: 'ERR_LOOPSCOPE_TIMEOUT',
    message: 'read stream fed: timed out after 10 ms',
  });
  const controller = new AbortController();
  const aborted = rejection(read(reader, { signal: controller.signal }));
  feed('def');
  controller.abort(new Error('no longer'));
  expect(await aborted).toMatchObject({ message: 'no longer' });
  const task = createTask(async () => read(reader, {}));
  task.cancel();
  expect(await rejection(task)).toMatchObject({ code: 'ERR_LOOPSCOPE_CANCELLED' });
  expect(await rejection(read(reader, { signal: AbortSignal.abort(new Error('before')) }))).toMatchObject({
    message: 'before',
  });
  feed('g\n');
  end();
  expect(await text(reader.read())).toBe('abcdefg\n');
});

test('a cancellation that comes with the bytes loses none', async () => {
  const { reader, feed } = feeder();
  let got: string | null = null;
  const task = createTask(async () => {
    got = await text(reader.readLine());
    await reader.readLine();
  });
  feed('one\ntwo\n');
  task.cancel();
  await rejection(task);
  expect([got, await text(reader.readLine())]).toEqual(['one\n', 'two\n']);
});

test('the source pauses over the limit while nobody waits, and goes on when half of it is free', async () => {
  const { reader, log, feed } = feeder(8);
  feed('12345678');
  expect(log).toEqual([]);
  feed('9');
  expect(log).toEqual(['pause']);
  await reader.read(4);
  expect(log).toEqual(['pause']);
  await reader.read(1);
  expect(log).toEqual(['pause', 'resume']);
});

test('who waits for more than the limit gets it: the source goes on', async () => {
  const { reader, log, feed } = feeder(4);
  feed('12345');
  const bytes = text(reader.readExactly(12));
  expect(log).toEqual(['pause', 'resume']);
  feed('67890', 'abc');
  expect([await bytes, log]).toEqual(['1234567890ab', ['pause', 'resume']]);
});

test('after a read that was given up the source pauses again with the next bytes', async () => {
  const { reader, log, feed } = feeder(4);
  const controller = new AbortController();
  const bytes = rejection(reader.readExactly(12, { signal: controller.signal }));
  feed('123456');
  controller.abort();
  await bytes;
  feed('7');
  expect([log, await text(reader.read(10)), log]).toEqual([['pause', 'resume'], '1234567', ['pause', 'resume']]);
});

test('bytes that were read stay as they are, whatever comes later', async () => {
  const { reader, feed } = feeder();
  const read: Buffer[] = [];
  for (let round = 0; round < 50; round++) {
    feed(`${round}:`, 'x'.repeat(round), '\n');
    if (round % 3 === 0) continue;
    read.push((await reader.readLine()) as Buffer);
  }
  expect(read.map(String)).toEqual(read.map((_, round) => `${round}:${'x'.repeat(round)}\n`));
});

test.each<[string, (reader: ReturnType<typeof feeder>['reader']) => Promise<unknown>, string]>([
  ['read(-1)', (reader) => reader.read(-1), 'count must be a number of at least 0, got -1'],
  ['read("5")', (reader) => reader.read('5' as never), 'count must be a number of at least 0, got "5"'],
  ['readExactly(1.5)', (reader) => reader.readExactly(1.5), 'count must be a whole number or Infinity, got 1.5'],
  ['readUntil("")', (reader) => reader.readUntil(''), 'separator must be a string or Uint8Array of at least one byte'],
  ['readUntil([])', (reader) => reader.readUntil([]), 'separator must be at least one, got an empty array'],
  [
    'readUntil(5)',
    (reader) => reader.readUntil(5 as never),
    'separator must be a string or Uint8Array of at least one byte',
  ],
  ['readLine(5)', (reader) => reader.readLine(5 as never), 'options must be an object, got 5'],
])('%s rejects with an ArgumentError', async (_name, read, message) => {
  await expect(read(feeder().reader)).rejects.toMatchObject({ code: 'ERR_LOOPSCOPE_ARGUMENT', message });
});

const bytesOfStream = fc.string({ unit: fc.constantFrom('a', 'b', '\r', '\n'), maxLength: 60 });
const cuts = fc.array(fc.nat({ max: 60 }), { maxLength: 12 });
const separators = fc.array(fc.string({ unit: fc.constantFrom('a', '\r', '\n'), minLength: 1, maxLength: 3 }), {
  minLength: 1,
  maxLength: 3,
});

/** The records of a text, and the rest after the last: the simplest thing that could be right. */
function recordsOf(whole: string, ends: readonly string[]): string[] {
  const records: string[] = [];
  let start = 0;
  for (let end = 1; end <= whole.length; end++) {
    const record = whole.slice(start, end);
    if (!ends.some((each) => record.endsWith(each))) continue;
    records.push(record);
    start = end;
  }
  return [...records, whole.slice(start)];
}

test('however a stream is cut into chunks, its records are the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      bytesOfStream,
      separators,
      cuts,
      fc.array(fc.nat({ max: 2 }), { maxLength: 12 }),
      async (whole, ends, at, pauses) => {
        const { reader, feed, end } = feeder();
        const records: string[] = [];
        const reading = (async () => {
          for (;;) {
            const record = await reader.readUntil(ends).catch((error: IncompleteReadError) => error);
            records.push(String(record instanceof Error ? record.partial : record));
            if (record instanceof Error) return;
          }
        })();
        const places = [0, ...at.map((place) => Math.min(place, whole.length)).toSorted((a, b) => a - b), whole.length];
        for (let index = 1; index < places.length; index++) {
          feed(whole.slice(places[index - 1], places[index]));
          await microtasks(pauses[index] ?? 0);
        }
        end();
        await reading;
        expect(records).toEqual(recordsOf(whole, ends));
      },
    ),
    { numRuns: 2000 },
  );
  expect(recordsOf('a\nb\r\n', ['\n'])).toEqual(['a\n', 'b\r\n', '']);
});

type Read = { readonly do: 'read' | 'exactly' | 'line' | 'give up'; readonly count: number };

test('whatever is read how, and given up when, the bytes come in order and none is lost', async () => {
  const reads = fc.array(
    fc.record({ do: fc.constantFrom('read' as const, 'exactly', 'line', 'give up'), count: fc.nat({ max: 9 }) }),
    { maxLength: 30 },
  );
  await fc.assert(
    fc.asyncProperty(
      bytesOfStream,
      cuts,
      reads,
      fc.integer({ min: 1, max: 20 }),
      async (whole, at, script: Read[], limit) => {
        const { reader, feed, end } = feeder(limit);
        const places = [0, ...at.map((place) => Math.min(place, whole.length)).toSorted((a, b) => a - b), whole.length];
        let index = 1;
        let got = '';
        for (const { do: what, count } of script) {
          const controller = new AbortController();
          const options = { signal: controller.signal };
          const read =
            what === 'line'
              ? reader.readLine(options)
              : what === 'read'
                ? reader.read(count, options)
                : reader.readExactly(count, options);
          const done = read.then(
            (bytes) => (got += String(bytes ?? '')),
            (error: unknown) => (got += error instanceof IncompleteReadError ? String(error.partial) : ''),
          );
          if (what !== 'give up' && index < places.length) feed(whole.slice(places[index - 1], places[index++]));
          controller.abort();
          await done;
        }
        while (index < places.length) feed(whole.slice(places[index - 1], places[index++]));
        end();
        got += String(await reader.read());
        expect([got, reader.bytesRead, reader.buffered]).toEqual([whole, whole.length, 0]);
      },
    ),
    { numRuns: 2000 },
  );
});
