// What a history counts: tasks at the same time, items in queues, attempts.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createTask, Queue, retry, Semaphore, sleep, wrapRetry } from '../../../src/index.ts';
import { startHistory, type History } from '../../../src/subscribers/history/history.ts';
import { startRegistry, type Registry } from '../../../src/subscribers/registry.ts';

let history: History;
let registry: Registry;

beforeEach(() => {
  registry = startRegistry();
  history = startHistory({ queuesEveryMs: 1 });
});

afterEach(() => {
  history.stop();
  registry.stop();
});

function fanOuts(): string[] {
  const { entries } = history.read((site) => site).fanOuts;
  return entries.map(({ name, peak, pending }) => `${name} ${peak} of ${pending}`);
}

/** Begins so many tasks at once, and waits for all. */
async function begin(count: number, name: string, work: () => Promise<unknown>): Promise<void> {
  await Promise.all(Array.from({ length: count }, () => createTask(work, { name })));
}

test('a burst of tasks that all work at once is a fan-out, however soon they end', async () => {
  await begin(511, 'few', () => sleep(0));
  await begin(1000, 'many', () => sleep(0));
  expect(fanOuts()).toEqual(['many 1000 of 1000']);
});

test('those that wait for a permit do not count, nor do those that wait for them', async () => {
  const limit = new Semaphore(10, { name: 'limit' });
  const inner = (): Promise<void> => limit.run(() => sleep(0));
  await begin(1000, 'limited', inner);
  await begin(1000, 'outer', async () => createTask(inner, { name: 'inner' }));
  expect(fanOuts()).toEqual(['limited 10 of 1000', 'outer 10 of 1000', 'inner 10 of 1000']);
});

test('tasks that settle in the turn in which they begin are none', async () => {
  await begin(1000, 'brief', async () => {});
  expect(fanOuts()).toEqual([]);
});

test('a queue is looked at again and again, with what was put and taken meanwhile', async () => {
  const queue = new Queue<number>({ name: 'orders', maxsize: 100 });
  const looked = (): readonly number[] => history.read((site) => site).queues.entries[0]?.depths ?? [];
  await vi.waitUntil(() => looked().length > 0, { interval: 1 });
  for (let item = 0; item < 5; item++) queue.putNowait(item);
  queue.getNowait();
  await vi.waitUntil(() => looked().at(-1) === 4, { interval: 1 });
  expect(history.read((site) => site).queues.entries).toMatchObject([
    { id: queue.id, name: 'orders', capacity: 100, everyMs: 1, put: 5, taken: 1 },
  ]);
  expect(looked()[0]).toBe(0);
});

test('attempts are counted by the name of the operation, ours and those of a wrapped function', async () => {
  const fails = async (): Promise<never> => {
    throw new Error('no');
  };
  await Promise.allSettled([
    retry(fails, { name: 'rates', attempts: 3, delay: 0 }),
    retry(async () => 1, { name: 'rates' }),
  ]);
  const wrapped = wrapRetry(fails, { name: 'user', attempts: 2 });
  for (let call = 0; call < 4; call++) await wrapped().catch(() => {});
  const { entries } = history.read((site) => site).retries;
  expect(entries.map(({ name, attempts, retries, minute }) => ({ name, attempts, retries, minute }))).toEqual([
    { name: 'rates', attempts: 4, retries: 2, minute: { attempts: 4, retries: 2 } },
    { name: 'user', attempts: 4, retries: 2, minute: { attempts: 4, retries: 2 } },
  ]);
});
