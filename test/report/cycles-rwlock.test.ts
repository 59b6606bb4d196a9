// Deadlocks over locks for reading and writing, where not all who wait wait for the same tasks.
import { afterEach, expect, test } from 'vitest';
import { Condition, createTask, RWLock, sleep, takeReport, type Task } from '../../src/index.ts';
import { turnsOf } from '../../src/report/line-order.ts';
import type { ResourceEntry } from '../../src/report/format.ts';
import { renderText } from '../../src/reporters/text.ts';
import { expectNothingLeft, rejection, turn } from '../support/turn.ts';

const tasks: Task[] = [];

afterEach(async () => {
  for (const task of tasks) task.cancel();
  await Promise.all(tasks.splice(0).map(rejection));
  await expectNothingLeft();
});

/** A task that asks for one after the other, with a turn in between, and never gives back. */
async function start(name: string, ...wanted: (() => Promise<unknown>)[]): Promise<void> {
  tasks.push(
    createTask<unknown>(
      async () => {
        for (const ask of wanted) {
          await ask();
          await turn();
        }
        await sleep(Infinity);
      },
      { name },
    ),
  );
  await Promise.resolve();
}

async function cyclesNow(): Promise<string[]> {
  for (let index = 0; index < 4; index++) await turn();
  const { cycles, tasks: entries } = takeReport();
  const names = new Map(entries.map(({ id, name }) => [id, name]));
  return cycles.map(({ steps }) =>
    steps.map(({ task, waitsFor: { kind, name } }) => `${names.get(task)} → ${kind} ${name} →`).join(' '),
  );
}

function lockOf(name: string): { lock: RWLock; read: () => Promise<unknown>; write: () => Promise<unknown> } {
  const lock = new RWLock({ name });
  return { lock, read: async () => lock.acquireRead(), write: async () => lock.acquireWrite() };
}

test('a reader that wants to write what it reads waits for itself', async () => {
  const { read, write } = lockOf('one');
  await start('a', read, write);
  expect(await cyclesNow()).toEqual(['a → rwlock one →']);
});

test('of two readers that both want to write, each waits for itself, too', async () => {
  const { read, write } = lockOf('one');
  await start('a', read, write);
  await start('b', read, write);
  expect(await cyclesNow()).toEqual(['a → rwlock one →']);
});

test('a reader that reads again waits for the writer in between, which waits for the reader', async () => {
  const { read, write } = lockOf('one');
  await start('a', read, turn, read);
  await start('w', write);
  expect(await cyclesNow()).toEqual(['a → rwlock one → w → rwlock one →']);
  const lines = renderText(takeReport(), { width: 120 }).split('\n');
  const cycle = lines.slice(
    lines.findIndex((line) => line.startsWith('WAIT CYCLE')),
    lines.indexOf('TASKS') - 1,
  );
  expect(cycle.map((line) => line.replaceAll(/#\d+|\d+ ms|\S+:\d+:\d+/g, '…'))).toEqual([
    'WAIT CYCLE 1: 2 tasks wait for each other, and none can go on',
    '  a …',
    '    holds     rwlock one · for reading · … · taken at …',
    '    waits for rwlock one to read · … · at …',
    '  w …',
    '    in line   rwlock one · before a …',
    '    waits for rwlock one to write · … · at …',
  ]);
});

test('a writer waits for each of the readers: one that can never go on is enough', async () => {
  const [one, two] = [lockOf('one'), lockOf('two')];
  await start('free', one.read);
  await start('stuck', one.read, turn, two.read);
  await start('writer', two.write, one.write);
  expect(await cyclesNow()).toEqual(['stuck → rwlock two → writer → rwlock one →']);
});

test('readers do not wait for readers', async () => {
  const [one, two] = [lockOf('one'), lockOf('two')];
  await start('a', one.read, two.read);
  await start('b', two.read, one.read);
  expect(await cyclesNow()).toEqual([]);
});

test('a reader that waits for a writer alone is in no cycle of that writer', async () => {
  const { read, write } = lockOf('one');
  await start('a', read);
  await start('w', write);
  await start('late', read);
  expect(await cyclesNow()).toEqual([]);
});

test('a lock for reading and writing and the lock of a condition', async () => {
  const { write, read } = lockOf('one');
  const changed = new Condition({ name: 'changed' });
  await start('consumer', write, async () => changed.run(async () => changed.wait()));
  const produce = async (): Promise<void> => {
    changed.notify();
    await read();
  };
  await start('producer', turn, turn, async () => changed.run(produce));
  expect(await cyclesNow()).toEqual(['consumer → lock changed → producer → rwlock one →']);
});

test('who waits to be notified may still be: that is no cycle', async () => {
  const { write, read } = lockOf('one');
  const changed = new Condition({ name: 'changed' });
  await start('consumer', write, async () => changed.run(async () => changed.wait()));
  await start('producer', turn, turn, async () => changed.run(read));
  expect(await cyclesNow()).toEqual([]);
});

test('each in line waits for those before it that are in its way, and the names are as many as the line is long', () => {
  const entry = (id: number, mode: 'read' | 'write'): { task: { id: number; name: string }; mode: typeof mode } => ({
    task: { id, name: '' },
    mode,
  });
  const resource = {
    holders: [entry(1, 'read'), entry(2, 'read')],
    line: [
      entry(3, 'write'),
      entry(4, 'read'),
      entry(5, 'read'),
      entry(6, 'write'),
      entry(7, 'write'),
      entry(8, 'read'),
    ],
  } as unknown as ResourceEntry;
  expect([...turnsOf(resource)]).toEqual([
    { task: 3, after: [1, 2] },
    { task: 4, after: [3] },
    { task: 5, after: [3] },
    { task: 6, after: [3, 4, 5] },
    { task: 7, after: [6] },
    { task: 8, after: [7] },
  ]);
});
