import { getEventListeners } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { createTask, Queue, sleep } from '../../src/index.ts';
import { expectNothingLeft, rejection, turn } from '../support/turn.ts';

afterEach(expectNothingLeft);

test('a signal has one listener however many wait with it, and none when they have ended', async () => {
  const { signal } = new AbortController();
  const counts: number[] = [];
  const count = (): void => void counts.push(getEventListeners(signal, 'abort').length);
  const queue = new Queue<string>();
  for (const item of ['first', 'again']) {
    const got = [queue.get({ signal }), queue.get({ signal }), createTask(async () => queue.get(), { signal })];
    count();
    for (const _ of got) queue.putNowait(item);
    expect(await Promise.all(got)).toEqual([item, item, item]);
    count();
  }
  expect(counts).toEqual([1, 0, 1, 0]);
});

test('all who wait are told, in order; whoever has ended before is not', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const told: string[] = [];
  const waits = ['a', 'b', 'c'].map(async (name) => {
    const error = await rejection(sleep(1000, { signal }));
    told.push(`${name} ${String(error)}`);
  });
  const queue = new Queue<number>();
  const got = queue.get({ signal });
  queue.putNowait(1);
  controller.abort('stop');
  await Promise.all(waits);
  expect([await got, told]).toEqual([1, ['a stop', 'b stop', 'c stop']]);
});

test('what one of them throws is an uncaught exception, and the others are told all the same', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const task = createTask(async () => sleep(1000), { signal });
  task.cancel = () => {
    throw new Error('thrown');
  };
  const waits = rejection(sleep(1000, { signal }));
  const uncaught = new Promise((resolve) => process.once('uncaughtException', resolve));
  controller.abort('stop');
  expect([await waits, ((await uncaught) as Error).message]).toEqual(['stop', 'thrown']);
  Reflect.deleteProperty(task, 'cancel');
  task.cancel();
  await rejection(task);
  await turn();
});
