import { expect, test } from 'vitest';
import {
  ExportQueue,
  type EndedSpan,
  type ExportQueueOptions,
  type ExportResult,
  type SpanExporter,
} from '../../../src/subscribers/export/export-queue.ts';

const sampled: EndedSpan = { spanContext: () => ({ traceFlags: 1 }) };
const unsampled: EndedSpan = { spanContext: () => ({ traceFlags: 0 }) };

/** An exporter that answers each batch with the next of the results, and with the last of them ever after. */
class FakeExporter implements SpanExporter {
  readonly batches: number[] = [];
  readonly #results: ExportResult[];

  constructor(...results: ExportResult[]) {
    this.#results = results;
  }

  export(spans: readonly EndedSpan[], done: (result: ExportResult) => void): void {
    this.batches.push(spans.length);
    const result = this.#results.length > 1 ? this.#results.shift() : this.#results[0];
    if (result !== undefined) setImmediate(done, result);
  }

  async shutdown(): Promise<void> {}
}

const success: ExportResult = { code: 0 };
const failure: ExportResult = { code: 1, error: new Error('this line is expected: the collector is ill') };

function queueTo(exporter: SpanExporter, options: Partial<ExportQueueOptions> = {}): ExportQueue {
  return new ExportQueue({
    exporter,
    destination: 'a fake',
    whyUnreachable: async () => null,
    untraced: (run) => run(),
    ...options,
  });
}

function end(queue: ExportQueue, spans: number): void {
  for (let count = 0; count < spans; count++) queue.onEnd(sampled);
}

test('ten thousand spans that end in one turn all arrive, batch after batch', async () => {
  const exporter = new FakeExporter(success);
  const queue = queueTo(exporter);
  end(queue, 10_000);
  expect(await queue.flush(5000)).toBe(true);
  expect(exporter.batches).toEqual([...Array.from({ length: 19 }, () => 512), 10_000 - 19 * 512]);
  expect(queue.counts()).toEqual({ exported: 10_000, pending: 0, dropped: 0, failed: 0 });
});

test('what exceeds the limit is dropped and counted; spans that are not sampled do not count', async () => {
  const queue = queueTo(new FakeExporter(success), { maxPending: 3 });
  end(queue, 5);
  queue.onEnd(unsampled);
  expect(queue.counts()).toEqual({ exported: 0, pending: 3, dropped: 2, failed: 0 });
  await queue.flush(5000);
  expect(queue.counts()).toEqual({ exported: 3, pending: 0, dropped: 2, failed: 0 });
});

test('a full batch goes out by itself', async () => {
  const exporter = new FakeExporter(success);
  const queue = queueTo(exporter);
  end(queue, 512);
  expect(await queue.flush(5000)).toBe(true);
  end(queue, 512);
  await expect.poll(() => queue.counts().exported, { timeout: 30_000 }).toBe(1024);
});

test('a batch that fails is kept and arrives later', async () => {
  const exporter = new FakeExporter(failure, success);
  const queue = queueTo(exporter);
  end(queue, 2);
  expect(await queue.flush(5000)).toBe(false);
  expect(queue.counts()).toEqual({ exported: 0, pending: 2, dropped: 0, failed: 0 });
  expect(await queue.flush(5000)).toBe(true);
  expect(exporter.batches).toEqual([2, 2]);
  expect(queue.counts()).toEqual({ exported: 2, pending: 0, dropped: 0, failed: 0 });
});

test('a batch that fails three times is given up and counted, so that it does not block the rest', async () => {
  const queue = queueTo(new FakeExporter(failure, failure, failure, success));
  end(queue, 513);
  for (let flush = 0; flush < 3; flush++) expect(await queue.flush(5000)).toBe(false);
  expect(queue.counts()).toEqual({ exported: 0, pending: 1, dropped: 0, failed: 512 });
  expect(await queue.flush(5000)).toBe(true);
  expect(queue.counts()).toEqual({ exported: 1, pending: 0, dropped: 0, failed: 512 });
});

test('an exporter that throws is one that failed', async () => {
  const queue = queueTo({
    export: () => {
      throw new Error('this line is expected: a broken exporter');
    },
    shutdown: async () => {},
  });
  end(queue, 1);
  expect(await queue.flush(5000)).toBe(false);
  expect(queue.counts().pending).toBe(1);
});

test('an exporter that never answers costs a flush its timeout', async () => {
  const queue = queueTo(new FakeExporter());
  end(queue, 1);
  expect(await queue.flush(5)).toBe(false);
  expect(queue.counts().pending).toBe(1);
});

test('where nobody listens nothing is exported, and what is pending is kept', async () => {
  const exporter = new FakeExporter(success);
  const answers = ['this line is expected: nobody listens', null];
  const queue = queueTo(exporter, { whyUnreachable: async () => answers.shift() ?? null });
  end(queue, 1);
  expect(await queue.flush(5000)).toBe(false);
  expect(exporter.batches).toEqual([]);
  expect(await queue.flush(5000)).toBe(true);
  expect(queue.counts()).toEqual({ exported: 1, pending: 0, dropped: 0, failed: 0 });
});

test('after shutdown everything that was pending or still ends is dropped and counted', async () => {
  const queue = queueTo(new FakeExporter(success));
  end(queue, 2);
  await queue.shutdown();
  await queue.shutdown();
  end(queue, 1);
  expect(queue.counts()).toEqual({ exported: 0, pending: 0, dropped: 3, failed: 0 });
});
