import fastq from 'fastq';
import { expect, test } from 'vitest';
import { takeReport, wrapQueue, wrapTask } from '../../src/index.ts';
import { collectGarbage, filesOfSites, pending, unhandledIn } from './pending.ts';

test('fastq: an item with a callback is a job until the callback is called', async () => {
  const callbacks: ((error: Error | null, result?: string) => void)[] = [];
  const queue = wrapQueue(
    fastq<unknown, string, string>((_item, done) => void callbacks.push(done), 1),
    { name: 'files' },
  );
  const results: unknown[] = [];
  const submit = wrapTask(function submit() {
    queue.push('a', (error, result) => results.push(error, result));
    queue.unshift('b', (error) => results.push(error?.message));
  });
  submit();
  expect(await pending()).toEqual([
    'job files by submit: join queue files',
    'job files by submit: join queue files',
    'queue files: 1 in it',
  ]);
  expect(filesOfSites(takeReport())).toEqual([import.meta.filename]);
  callbacks[0]?.(null, 'done');
  callbacks[1]?.(new Error('disk full'));
  expect(results).toEqual([null, 'done', 'disk full']);
  expect(await pending()).toEqual([]);
  expect([Object.keys(queue).includes('push'), queue.length()]).toEqual([true, 0]);
});

test('fastq: what kill drops is gone once its callback is collected', async () => {
  let release: (() => void) | undefined;
  const queue = wrapQueue(
    fastq<unknown, string>((_item, done) => (release = () => done(null)), 1),
    { name: 'files' },
  );
  queue.push('a', () => {});
  queue.push('b', () => {});
  expect(await pending()).toHaveLength(3);
  queue.kill();
  await collectGarbage();
  expect(await pending()).toEqual(['job files: join queue files', 'queue files: 0 in it']);
  release?.();
  expect(await pending()).toEqual([]);
});

test('fastq promise: what is pushed is waited for, and ignoring a failure stays harmless', async () => {
  const gate = Promise.withResolvers<string>();
  const queue = wrapQueue(
    fastq.promise<unknown, string, string>(async (item) => {
      if (item === 'bad') throw new Error('bad');
      return gate.promise;
    }, 1),
    { name: 'files' },
  );
  const submit = wrapTask(
    async () => {
      void queue.push('bad');
      await Promise.all([queue.push('a'), queue.unshift('b')]);
    },
    { name: 'submit' },
  );
  const reasons = await unhandledIn(async () => {
    const done = submit();
    expect(await pending()).toEqual(['task submit: put queue files and put queue files', 'queue files: 1 in it']);
    gate.resolve('stored');
    await done;
    await queue.drained();
  });
  expect(reasons).toEqual([]);
  expect(await pending()).toEqual([]);
});

class Channel<Item> {
  readonly #items: Item[] = [];
  readonly #getters: ((item: Item) => void)[] = [];
  readonly #putters: (() => void)[] = [];

  get size(): number {
    return this.#items.length;
  }

  async put(item: Item): Promise<void> {
    if (this.#items.length >= 1) await new Promise<void>((resolve) => void this.#putters.push(resolve));
    this.enqueue(item);
  }

  enqueue(item: Item): void {
    const getter = this.#getters.shift();
    if (getter === undefined) this.#items.push(item);
    else getter(item);
  }

  async get(): Promise<Item> {
    const item = this.#items.shift();
    if (item === undefined) return new Promise((resolve) => void this.#getters.push(resolve));
    this.#putters.shift()?.();
    return item;
  }
}

test('a queue of items shows who waits to get, who waits to put, and how much is in it', async () => {
  const channel = wrapQueue(new Channel<number>(), { name: 'orders', capacity: 1 });
  const consumer = wrapTask(() => channel.get(), { name: 'consumer' })();
  expect(await pending()).toEqual(['task consumer: get queue orders', 'queue orders: 0 in it']);
  const producer = wrapTask(
    async () => {
      for (let order = 1; order <= 3; order++) await channel.put(order);
    },
    { name: 'producer' },
  )();
  expect(await consumer).toBe(1);
  expect(await pending()).toEqual(['task producer: put queue orders', 'queue orders: 1 in it']);
  expect(takeReport().resources[0]).toMatchObject({
    statistics: { capacity: 1, putters: 1, getters: 0, put: 2, taken: 1 },
    lastTaker: { name: 'consumer', settled: true },
  });
  expect([await channel.get(), await channel.get()]).toEqual([2, 3]);
  await producer;
  expect(await pending()).toEqual([]);
});

test('a rejected get that nobody handles is an unhandled rejection, wrapped or not', async () => {
  const create = (): { get: () => Promise<never> } => ({
    get: async () => {
      throw new Error('closed');
    },
  });
  expect(await unhandledIn(() => void create().get())).toEqual([new Error('closed')]);
  expect(await unhandledIn(() => void wrapQueue(create()).get())).toEqual([new Error('closed')]);
});

test('a job may stand behind its options, and a method that hands it on to another counts it once', async () => {
  class Scheduler {
    readonly jobs: (() => unknown)[] = [];
    schedule(_options: object, job: () => unknown): void {
      this.push(job);
    }
    push(job: () => unknown): void {
      this.jobs.push(job);
    }
  }
  const scheduler = wrapQueue(new Scheduler(), { name: 'scheduler' });
  scheduler.schedule({ weight: 2 }, function report() {
    return 7;
  });
  expect(await pending()).toEqual(['job report: start queue scheduler', 'queue scheduler: 1 in it']);
  expect([scheduler.jobs[0]?.(), scheduler.jobs[0]?.()]).toEqual([7, 7]);
  expect(await pending()).toEqual([]);
});

test('an add that throws leaves nothing behind, and throws what it threw', async () => {
  const queue = wrapQueue({
    add(_job: () => void): void {
      throw new RangeError('full');
    },
  });
  expect(() => queue.add(() => {})).toThrow(new RangeError('full'));
  expect(await pending()).toEqual([]);
});

test('an array is a queue of items too', async () => {
  const items = wrapQueue<number[]>([], { name: 'items' });
  items.push(1, 2);
  expect([items.shift(), items.pop(), items.pop(), items.length]).toEqual([1, 2, undefined, 0]);
  expect(Object.keys(items)).toEqual([]);
});

test('depth is read when it is asked for, and a getter that throws leaves what is known of the jobs', async () => {
  const queue = wrapQueue(
    {
      get size(): number {
        throw new Error('a broken getter, made by a test');
      },
      add: (_job: () => void): void => {},
    },
    { name: 'broken' },
  );
  queue.add(() => {});
  expect(await pending()).toContain('queue broken: 1 in it');
  await collectGarbage();
});

test('what is no queue cannot be wrapped, and the error says what was expected', () => {
  expect(() => wrapQueue({})).toThrow('the queue to wrap must be an object with one of the methods add(), schedule()');
  expect(() => wrapQueue(null as never)).toThrow('got null');
  expect(() => wrapQueue(Object.freeze({ add() {} }))).toThrow('frozen');
  expect(() => wrapQueue([], { capacity: 0 })).toThrow('capacity must be a whole number');
});
