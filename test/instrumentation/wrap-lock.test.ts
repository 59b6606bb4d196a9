import AsyncLock from 'async-lock';
import { Sema } from 'async-sema';
import { expect, test } from 'vitest';
import { takeReport, wrapLock, wrapTask } from '../../src/index.ts';
import { filesOfSites, pending } from './pending.ts';

/** Runs `use` as a task of each name. */
function inTasks<Value>(names: string, use: (name: string) => PromiseLike<Value>): Promise<Value[]> {
  return Promise.all(Array.from(names, (name) => wrapTask(() => use(name), { name })()));
}

test('async-sema: release without a releaser ends the hold of the task that releases, and acquire counts once', async () => {
  const sema = wrapLock(new Sema(2), { name: 'slots', permits: 2 });
  const gates = new Map(Array.from('abc', (name) => [name, Promise.withResolvers<void>()]));
  const done = inTasks('abc', async (name) => {
    const token = await sema.acquire();
    await gates.get(name)?.promise;
    sema.release(token);
  });
  expect(await pending()).toEqual([
    'task a: pending',
    'task b: pending',
    'task c: acquire semaphore slots',
    'semaphore slots: 2 of 2, 1 waiting, held by a and b',
  ]);
  expect(filesOfSites(takeReport())).toEqual([import.meta.filename]);
  gates.get('b')?.resolve();
  expect(await pending()).toEqual([
    'task a: pending',
    'task c: pending',
    'semaphore slots: 2 of 2, 0 waiting, held by a and c',
  ]);
  gates.get('a')?.resolve();
  gates.get('c')?.resolve();
  await done;
  expect(await pending()).toEqual([]);
  expect([sema.tryAcquire(), sema.tryAcquire(), sema.tryAcquire()]).toEqual(['1', '1', undefined]);
  expect(await pending()).toEqual(['semaphore slots: 2 of 2, 0 waiting, held by (main) and (main)']);
  sema.release();
  sema.release();
  expect(await pending()).toEqual([]);
});

test('async-lock: each key is a lock of its own, held while its function runs', async () => {
  const lock = wrapLock(new AsyncLock(), { name: 'users' });
  const gate = Promise.withResolvers<string>();
  const done = inTasks('abc', (name): PromiseLike<string> => {
    if (name === 'a') return lock.acquire('ann', () => gate.promise);
    if (name === 'b') return lock.acquire('ann', (finish) => finish(null, 'called back'));
    return lock.acquire(['bob', 'ann'], async () => 'both');
  });
  expect(await pending()).toEqual([
    'task a: pending',
    'task b: acquire lock users[ann]',
    'task c: acquire lock users[ann]',
    'lock users[ann]: 1 of 1, 2 waiting, held by a',
    'lock users[bob]: 1 of 1, 0 waiting, held by c',
  ]);
  expect(filesOfSites(takeReport())).toEqual([import.meta.filename]);
  gate.resolve('first');
  expect(await done).toEqual(['first', 'called back', 'both']);
  expect(await pending()).toEqual([]);
});

test('async-lock: a function with a callback holds the lock until it calls back, and a timeout ends the wait', async () => {
  const lock = wrapLock(new AsyncLock({ timeout: 1 }), { name: 'users' });
  let finish: (() => void) | undefined;
  const first = lock.acquire('ann', (done: () => void) => {
    finish = done;
  });
  expect(await pending()).toEqual(['lock users[ann]: 1 of 1, 0 waiting, held by (main)']);
  const errors: unknown[] = [];
  lock.acquire(
    'ann',
    () => 1,
    (error) => errors.push(error?.message),
  );
  await expect(lock.acquire('ann', () => 1)).rejects.toThrow('async-lock timed out in queue ann');
  expect(errors).toEqual(['async-lock timed out in queue ann']);
  expect(await pending()).toEqual(['lock users[ann]: 1 of 1, 0 waiting, held by (main)']);
  finish?.();
  await first;
  expect(await pending()).toEqual([]);
});

test('async-lock: keys are bounded, and what is held keeps its key', async () => {
  const lock = wrapLock(new AsyncLock(), { name: 'users' });
  const gate = Promise.withResolvers<void>();
  const held = lock.acquire('kept', () => gate.promise);
  for (let key = 0; key < 2500; key++) await lock.acquire(`user ${key}`, () => key);
  const late = lock.acquire('kept', () => 'late');
  expect(await pending()).toEqual([
    'task (main): acquire lock users[kept]',
    'lock users[kept]: 1 of 1, 1 waiting, held by (main)',
  ]);
  gate.resolve();
  await held;
  expect(await late).toBe('late');
  expect(await pending()).toEqual([]);
});

/** What `using` does at the end of its block; Node 22 has neither that nor the stack. */
function dispose(resource: Disposable): void {
  if (typeof DisposableStack === 'undefined') {
    resource[Symbol.dispose]();
    return;
  }
  const stack = new DisposableStack();
  stack.use(resource);
  stack.dispose();
}

test('an object that is handed out ends its hold by release or by using, again and again', async () => {
  const connection = { releases: 0, release() { this.releases++; }, [Symbol.dispose]() { this.release(); } }; // prettier-ignore
  const pool = wrapLock({ acquire: async () => connection }, { name: 'pool', permits: 3 });
  const first = await pool.acquire();
  expect(first).toBe(connection);
  expect(await pending()).toEqual(['semaphore pool: 1 of 3, 0 waiting, held by (main)']);
  first.release();
  expect(await pending()).toEqual([]);
  const second = await pool.acquire();
  expect(await pending()).toEqual(['semaphore pool: 1 of 3, 0 waiting, held by (main)']);
  dispose(second);
  expect([connection.releases, ...(await pending())]).toEqual([2]);
});

test('what is no lock cannot be wrapped, and the error says what was expected', () => {
  expect(() => wrapLock({})).toThrow('the lock to wrap must be an object with one of the methods acquire(), lock()');
  expect(() => wrapLock(Object.freeze(new Sema(1)))).toThrow('frozen');
  expect(() => wrapLock(new Sema(1), { permits: 0.5 })).toThrow('permits must be a whole number');
});
