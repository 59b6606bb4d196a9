// What a history keeps of tasks: those that nobody awaits, those that fail unseen, those that do not stop when asked.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTask, gather, run, sleep, TaskGroup, wait, type Task } from '../../../src/index.ts';
import { startHistory, type History } from '../../../src/subscribers/history/history.ts';
import { turn } from '../../support/turn.ts';

let history: History;

beforeEach(() => {
  history = startHistory();
});

afterEach(() => {
  history.stop();
});

/** `name count by creator` of each. */
function forgotten(): string[] {
  const { entries } = history.read((site) => site).forgotten;
  return entries.map(({ name, count, createdBy }) => `${name} ${count} by ${createdBy}`);
}

function lost(): string[] {
  const { entries } = history.read((site) => site).lostErrors;
  return entries.map(({ task, error, count, how }) => `${task?.name} ${error} ${count} ${how}`);
}

function ignored(): string[] {
  const { entries } = history.read((site) => site).ignoredCancels;
  return entries.map(({ name, count }) => `${name} ${count}`);
}

const late = (): Promise<void> => sleep(1);

/** Runs `begin` in a task of its own, and what that has begun to the end. */
async function within(begin: () => unknown): Promise<void> {
  await createTask(
    async () => {
      begin();
    },
    { name: 'creator' },
  );
  await sleep(5);
}

test('a task that nobody awaits, and that ends after the one that created it, is forgotten', async () => {
  await within(() => {
    for (let times = 0; times < 2; times++) createTask(late, { name: 'save' });
  });
  expect(forgotten()).toEqual(['save 2 by creator']);
});

test('a task that is awaited after its end was not', async () => {
  let task: Task<void> | undefined;
  await within(() => {
    task = createTask(late, { name: 'save' });
  });
  expect(forgotten()).toEqual(['save 1 by creator']);
  await task;
  expect(forgotten()).toEqual([]);
});

test.each<[string, () => unknown]>([
  ['is awaited by somebody else', () => gather([createTask(late)])],
  ['has a done callback', () => createTask(late).addDoneCallback(() => {})],
  ['has a handler of its end', () => void createTask(late).then(() => {})],
  ['is in a group', () => TaskGroup.run((group) => void group.createTask(late))],
  ['ends before its creator', () => createTask(() => {})],
  ['is cancelled', () => createTask(late).cancel()],
])('a task which %s is none', async (_, begin) => {
  await within(begin);
  expect(forgotten()).toEqual([]);
});

test('what a callback creates in the context of a task is none: nobody could await it', async () => {
  await within(() => setTimeout(() => void createTask(late, { name: 'by a timer' }), 2));
  await sleep(10);
  await createTask(async () => {
    setTimeout(() => void createTask(() => sleep(3), { name: 'by a timer' }), 1);
    await sleep(2); // the timer has fired: its creator is pending still
  });
  await sleep(5);
  expect(forgotten()).toEqual([]);
});

test('a task at the top, and one that the end of its run cancels, are none', async () => {
  createTask(late, { name: 'at the top' });
  await run(async () => {
    createTask(() => sleep(10_000), { name: 'background' });
    await sleep(5);
  });
  expect(forgotten()).toEqual([]);
});

test('an error of a task that is waited for and not asked is lost, until somebody asks', async () => {
  const fails = async (): Promise<never> => {
    await late();
    throw new Error('no');
  };
  const [a, b] = [createTask(fails, { name: 'a' }), createTask(fails, { name: 'b' })];
  await wait([a, b]);
  expect(lost()).toEqual(['a Error: no 1 unasked', 'b Error: no 1 unasked']);
  expect(a.exception()).toMatchObject({ message: 'no' });
  expect(lost()).toEqual(['b Error: no 1 unasked']);
  await expect(b).rejects.toThrow('no');
  expect(lost()).toEqual([]);
});

test('a task that is cancelled and returns all the same has ignored that; one that ends with it has not', async () => {
  const stubborn = createTask(() => sleep(10_000).catch(() => 'went on'), { name: 'stubborn' });
  const obedient = createTask(() => sleep(10_000), { name: 'obedient' });
  const deaf = createTask(turn, { name: 'deaf' }); // waits for nothing that could tell it
  for (const task of [stubborn, obedient, deaf]) task.cancel();
  await Promise.allSettled([stubborn, obedient, deaf]);
  expect(ignored()).toEqual(['stubborn 1']);
});

test('places are bounded, and what is beyond them is counted', async () => {
  await within(() => {
    for (let index = 0; index < 250; index++) createTask(late, { name: `save ${index}` });
  });
  const { entries, dropped } = history.read((site) => site).forgotten;
  expect([entries.length, dropped]).toEqual([200, 50]);
});
