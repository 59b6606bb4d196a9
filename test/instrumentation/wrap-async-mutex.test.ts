import * as mutex5 from 'async-mutex';
import * as mutex4 from 'async-mutex-04';
import { expect, test } from 'vitest';
import { currentTask, takeReport, wrapLock, wrapTask } from '../../src/index.ts';
import { turn } from '../support/turn.ts';
import { filesOfSites, lineHere, pending, unhandledIn } from './pending.ts';

/** Runs `use` as a task of each name. */
function inTasks<Value>(names: string, use: (name: string) => PromiseLike<Value>): Promise<Value[]> {
  return Promise.all(Array.from(names, (name) => wrapTask(() => use(name), { name })()));
}

for (const [version, { E_CANCELED, Mutex, Semaphore, withTimeout }] of [
  ['async-mutex 0.5', mutex5],
  ['async-mutex 0.4', mutex4 as unknown as typeof mutex5],
] as const) {
  test(`${version}: a releaser that is not called holds the mutex`, async () => {
    const lock = wrapLock(new Mutex(), { name: 'accounts' });
    const gate = Promise.withResolvers<void>();
    let line = 0;
    const done = inTasks('ab', async () => {
      line = lineHere() + 1;
      const release = await lock.acquire();
      await gate.promise;
      release();
      release();
    });
    expect(await pending()).toEqual([
      'task a: pending',
      'task b: acquire lock accounts',
      'lock accounts: 1 of 1, 1 waiting, held by a',
    ]);
    const from = performance.now();
    while (performance.now() - from < 2);
    const report = takeReport();
    expect(filesOfSites(report)).toEqual([import.meta.filename]);
    expect(report.resources[0]?.holders[0]).toMatchObject({ at: { line }, settled: false });
    expect(report.resources[0]?.holders[0]?.forMs).toBeGreaterThanOrEqual(2);
    expect(report.tasks[1]?.waits[0]).toMatchObject({ at: { line } });
    expect(report.tasks[1]?.waits[0]?.forMs).toBeGreaterThanOrEqual(2);
    gate.resolve();
    await done;
    expect(await pending()).toEqual([]);
    expect(lock.isLocked()).toBe(false);
  });

  test(`${version}: runExclusive holds the mutex while its function runs, in the task that asked`, async () => {
    const lock = wrapLock(new Mutex(), { name: 'accounts' });
    const gate = Promise.withResolvers<void>();
    const done = inTasks('abc', (name) =>
      lock.runExclusive(async () => {
        await gate.promise;
        return [name, currentTask()?.origin.name];
      }),
    );
    expect(await pending()).toEqual([
      'task a: pending',
      'task b: acquire lock accounts',
      'task c: acquire lock accounts',
      'lock accounts: 1 of 1, 2 waiting, held by a',
    ]);
    expect(filesOfSites(takeReport())).toEqual([import.meta.filename]);
    gate.resolve();
    expect(await done).toEqual([['a', 'a'], ['b', 'b'], ['c', 'c']]); // prettier-ignore
    expect(await pending()).toEqual([]);
  });

  test(`${version}: a semaphore counts each runExclusive once, though that calls acquire and release of its own`, async () => {
    const semaphore = wrapLock(new Semaphore(2), { name: 'connections', permits: 2 });
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const done = inTasks('012', (name) => semaphore.runExclusive(() => gates[Number(name)]?.promise));
    expect(await pending()).toEqual([
      'task 0: pending',
      'task 1: pending',
      'task 2: acquire semaphore connections',
      'semaphore connections: 2 of 2, 1 waiting, held by 0 and 1',
    ]);
    expect(filesOfSites(takeReport())).toEqual([import.meta.filename]);
    gates[1]?.resolve();
    expect(await pending()).toEqual([
      'task 0: pending',
      'task 2: pending',
      'semaphore connections: 2 of 2, 0 waiting, held by 0 and 2',
    ]);
    gates[0]?.resolve();
    gates[2]?.resolve();
    await done;
    expect(await pending()).toEqual([]);
    expect(semaphore.getValue()).toBe(2);
  });

  test(`${version}: a semaphore hands out a pair, whose releaser ends the hold that it stands for`, async () => {
    const semaphore = wrapLock(new Semaphore(2), { name: 'connections' });
    const held = await inTasks('ab', () => semaphore.acquire());
    expect(held.map(([value]) => value)).toEqual([2, 1]);
    held[1]?.[1]();
    expect(await pending()).toEqual(['semaphore connections: 1 of null, 0 waiting, held by a']);
    held[0]?.[1]();
    expect(await pending()).toEqual([]);
  });

  test(`${version}: release of the mutex itself ends the hold`, async () => {
    const lock = wrapLock(new Mutex(), { name: 'accounts' });
    await lock.acquire();
    expect(await pending()).toEqual(['lock accounts: 1 of 1, 0 waiting, held by (main)']);
    lock.release();
    expect(await pending()).toEqual([]);
  });

  test(`${version}: waits that are cancelled or time out end, with the errors of the library`, async () => {
    const lock = wrapLock(new Mutex(), { name: 'accounts' });
    const release = await lock.acquire();
    const waits = [lock.acquire(), lock.runExclusive(() => 1)];
    expect(await pending()).toEqual([
      'task (main): acquire lock accounts and acquire lock accounts',
      'lock accounts: 1 of 1, 2 waiting, held by (main)',
    ]);
    lock.cancel();
    expect(await Promise.allSettled(waits)).toMatchObject([{ reason: E_CANCELED }, { reason: E_CANCELED }]);
    const patient = wrapLock(withTimeout(lock, 1, new Error('late')), { name: 'patient' });
    await expect(patient.runExclusive(() => 1)).rejects.toThrow('late');
    release();
    expect(await pending()).toEqual([]);
    expect(await patient.runExclusive(() => 1)).toBe(1);
    expect(await pending()).toEqual([]);
  });

  test(`${version}: two tasks that take two locks in opposite order are a wait cycle`, async () => {
    const [left, right] = [wrapLock(new Mutex(), { name: 'left' }), wrapLock(new Mutex(), { name: 'right' })];
    const done = inTasks('ab', async (name) => {
      const [first, second] = name === 'a' ? [left, right] : [right, left];
      await first.runExclusive(async () => {
        await turn();
        await second.runExclusive(() => {});
      });
    });
    done.catch(() => {});
    await turn();
    await turn();
    const { cycles, tasks } = takeReport();
    expect(cycles).toMatchObject([
      {
        steps: [
          { task: tasks[0]?.id, waitsFor: { name: 'right' } },
          { task: tasks[1]?.id, waitsFor: { name: 'left' } },
        ],
      },
    ]);
    left.cancel();
    await expect(done).rejects.toBe(E_CANCELED);
    expect(await pending()).toEqual([]);
  });

  test(`${version}: results, errors, order and unhandled rejections are those of the bare mutex`, async () => {
    const program = async (wrap: <Lock extends object>(lock: Lock) => Lock): Promise<unknown[]> => {
      const log: unknown[] = [];
      const lock = wrap(new Mutex());
      const use = (name: string): Promise<string> =>
        lock.runExclusive(async () => {
          log.push(`${name} in`);
          await turn();
          log.push(`${name} out`);
          if (name.startsWith('bad')) throw new Error(name);
          return name;
        });
      const reasons = await unhandledIn(async () => {
        const results = ['a', 'bad b', 'c'].map(use);
        void use('bad lost');
        log.push(await Promise.allSettled(results));
        await turn();
        const release = await lock.acquire();
        void lock.acquire();
        lock.cancel();
        release();
      });
      return [log, reasons];
    };
    const bare = await program((lock) => lock);
    expect(bare[1]).toEqual([new Error('bad lost'), E_CANCELED]);
    expect(await program((lock) => wrapLock(lock))).toEqual(bare);
  });

  test(`${version}: the object stays itself, also when it is wrapped twice`, () => {
    const bare = new Semaphore(1);
    const lock = wrapLock(bare);
    const { acquire } = lock;
    expect(wrapLock(lock)).toBe(bare);
    expect([lock.acquire === acquire, lock instanceof Semaphore, acquire.length, acquire.name]).toEqual([
      true,
      true,
      Semaphore.prototype.acquire.length,
      Semaphore.prototype.acquire.name,
    ]);
    expect(Object.keys(lock)).toEqual(Object.keys(new Semaphore(1)));
  });
}
