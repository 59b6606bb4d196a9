import pLimit from 'p-limit';
import pLimit3 from 'p-limit-3';
import { expect, test } from 'vitest';
import { takeReport, wrapQueue } from '../../src/index.ts';
import { turn } from '../support/turn.ts';
import { collectGarbage, filesOfSites, pending, unhandledIn } from './pending.ts';

for (const [version, create] of [
  ['p-limit 7', pLimit],
  ['p-limit 3', pLimit3],
] as const) {
  test(`${version}: what is limited waits for its start, and the limiter keeps its members`, async () => {
    const limit = wrapQueue(create(1), { name: 'downloads' });
    const gate = Promise.withResolvers<string>();
    const results = [limit(() => gate.promise), limit(async (a: number, b: number) => a + b, 1, 2)];
    expect(await pending()).toEqual([
      'job downloads: pending',
      'job downloads: start queue downloads',
      'queue downloads: 1 in it, held by downloads',
    ]);
    expect(filesOfSites(takeReport())).toEqual([import.meta.filename]);
    expect([limit.activeCount, limit.pendingCount, typeof limit.clearQueue]).toEqual([1, 1, 'function']);
    gate.resolve('first');
    expect(await Promise.all(results)).toEqual(['first', 3]);
    expect(await pending()).toEqual([]);
    expect(wrapQueue(limit)).toBe(limit);
  });

  test(`${version}: what clearQueue drops is gone once its function is collected`, async () => {
    const limit = wrapQueue(create(1), { name: 'downloads' });
    const gate = Promise.withResolvers<void>();
    const first = limit(() => gate.promise);
    await turn();
    void limit(async () => {});
    expect(await pending()).toHaveLength(3);
    limit.clearQueue();
    await collectGarbage();
    expect(await pending()).toEqual(['job downloads: pending', 'queue downloads: 0 in it, held by downloads']);
    gate.resolve();
    await first;
    expect(await pending()).toEqual([]);
  });

  test(`${version}: results, errors, order and unhandled rejections are those of the bare limiter`, async () => {
    const program = async (limit: ReturnType<typeof create>): Promise<unknown[]> => {
      const log: unknown[] = [];
      const job = async (name: string): Promise<string> => {
        log.push(`${name} starts`);
        await turn();
        log.push(`${name} ends`);
        if (name.startsWith('bad')) throw new Error(name);
        return name;
      };
      const reasons = await unhandledIn(async () => {
        void limit(job, 'bad lost');
        log.push(await Promise.allSettled(['a', 'bad b', 'c'].map((name) => limit(job, name))));
      });
      return [log, reasons];
    };
    const bare = await program(create(2));
    expect(bare[1]).toEqual([new Error('bad lost')]);
    expect(await program(wrapQueue(create(2)))).toEqual(bare);
  });
}

test('p-limit 7: concurrency can be read and set through the wrap', async () => {
  const limit = wrapQueue(pLimit(1), { name: 'downloads' });
  const gate = Promise.withResolvers<void>();
  const both = [limit(() => gate.promise), limit(() => gate.promise)];
  limit.concurrency = 2;
  expect(limit.concurrency).toBe(2);
  expect(await pending()).toEqual([
    'job downloads: pending',
    'job downloads: pending',
    'queue downloads: 0 in it, held by downloads and downloads',
  ]);
  gate.resolve();
  await Promise.all(both);
  expect(await pending()).toEqual([]);
});
