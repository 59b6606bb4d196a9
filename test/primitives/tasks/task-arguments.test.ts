import { afterEach, expect, test } from 'vitest';
import { createTask } from '../../../src/index.ts';
import { expectNothingLeft } from '../../support/turn.ts';

afterEach(expectNothingLeft);

test.each<[unknown, unknown, string]>([
  [undefined, {}, 'the function of a task must be a function, got undefined'],
  [async () => {}, { name: 7 }, 'name must be a string, got 7'],
  [async () => {}, { name: null }, 'name must be a string, got null'],
  [async () => {}, { name: Symbol('x') }, 'name must be a string, got a value of type symbol'],
  [async () => {}, 'load', 'options must be an object, got "load"'],
  [async () => {}, null, 'options must be an object, got null'],
  [async () => {}, { signal: {} }, 'signal must be an AbortSignal, got a value of type object'],
  [async () => {}, { signal: null }, 'signal must be an AbortSignal, got null'],
])('createTask(%s, %s) throws an ArgumentError and leaves no task behind', (run, options, message) => {
  expect(() => createTask(run as () => void, options as object)).toThrow(
    expect.objectContaining({ name: 'ArgumentError', code: 'ERR_LOOPSCOPE_ARGUMENT', message }),
  );
});

test('names may be empty, long or full of control characters; a function with a foreign name is called task', async () => {
  const run = async (): Promise<void> => {};
  Object.defineProperty(run, 'name', { value: () => 'a static method called name' });
  const long = 'x'.repeat(2 ** 20);
  const tasks = [
    createTask(async () => {}, { name: '' }),
    createTask(async function load() {}),
    createTask(run),
    createTask(async () => {}, { name: '\u0000\n\u001B[31m' }),
    createTask(async () => {}, { name: long }),
  ];
  await Promise.all(tasks);
  expect(tasks.map(({ name }) => name)).toEqual(['task', 'load', 'task', '\u0000\n\u001B[31m', long]);
});

test.each<[string, PropertyDescriptor, string]>([
  [
    'constructor',
    {
      get() {
        throw new Error('no constructor');
      },
    },
    'rejected',
  ],
  ['then', { value: (fulfilled: (value: unknown) => void) => fulfilled(5) }, 'fulfilled'],
])('a promise whose %s is not that of promises settles the task as an await would', async (name, property, outcome) => {
  const promise: Promise<number> = Object.defineProperty(Promise.resolve(1), name, property);
  const task = createTask(() => promise);
  const [ours] = await Promise.allSettled([task]);
  const [awaited] = await Promise.allSettled([(async () => await promise)()]);
  expect([ours, task.settlement?.outcome]).toEqual([awaited, outcome]);
});
