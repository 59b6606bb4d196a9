import PQueue from 'p-queue';
import PQueue8 from 'p-queue-8';
import { expect, test } from 'vitest';
import { currentTask, takeReport, wrapQueue, wrapTask } from '../../src/index.ts';
import { turn } from '../support/turn.ts';
import { collectGarbage, filesOfSites, lineHere, pending, unhandledIn } from './pending.ts';

for (const [version, Queue] of [
  ['p-queue 10', PQueue],
  ['p-queue 8', PQueue8 as unknown as typeof PQueue],
] as const) {
  test(`${version}: a job that hangs holds the queue, and those behind it wait for their start`, async () => {
    const queue = wrapQueue(new Queue({ concurrency: 1 }), { name: 'mails' });
    const gate = Promise.withResolvers<number>();
    const lines: number[] = [];
    const submit = wrapTask(async function submit() {
      lines.push(lineHere() + 1);
      const first = queue.add(async function hang() { return gate.promise; }); // prettier-ignore
      lines.push(lineHere() + 1);
      const second = queue.add(() => currentTask()?.origin.name);
      return Promise.all([first, second]);
    });
    const result = submit();
    expect(await pending()).toEqual([
      'task submit: pending',
      'job hang by submit: pending',
      'job mails by submit: start queue mails',
      'queue mails: 1 in it, held by hang',
    ]);
    const from = performance.now();
    while (performance.now() - from < 2);
    const report = takeReport();
    expect(report.resources[0]?.holders[0]?.forMs).toBeGreaterThanOrEqual(2);
    expect(report.tasks[2]?.waits[0]?.forMs).toBeGreaterThanOrEqual(2);
    expect(report.tasks.map(({ started }) => started)).toEqual([true, true, false]);
    expect(report.tasks.slice(1).map(({ createdAt }) => createdAt?.line)).toEqual(lines);
    expect(report.tasks[2]?.waits[0]?.at?.line).toBe(lines[1]);
    expect(filesOfSites(report)).toEqual([import.meta.filename]);
    gate.resolve(1);
    expect(await result).toEqual([1, 'mails']);
    expect(await pending()).toEqual([]);
  });

  test(`${version}: a job that is aborted or cleared before it starts is not pending any more`, async () => {
    const queue = wrapQueue(new Queue({ concurrency: 1 }), { name: 'mails' });
    const gate = Promise.withResolvers<void>();
    const controller = new AbortController();
    const first = queue.add(() => gate.promise);
    const aborted = queue.add(async function aborted() {}, { signal: controller.signal });
    aborted.catch(() => {});
    queue.add(async function cleared() {}).catch(() => {});
    expect(await pending()).toHaveLength(4);
    controller.abort();
    expect(await pending()).toEqual(expect.not.arrayContaining([expect.stringContaining('aborted')]));
    queue.clear();
    expect(await pending()).toEqual(['job mails: pending', 'queue mails: 0 in it, held by mails']);
    gate.resolve();
    await first;
    expect(await pending()).toEqual([]);
  });

  test(`${version}: results, errors, order and unhandled rejections are those of the bare queue`, async () => {
    const program = async (wrap: (queue: PQueue) => PQueue): Promise<unknown[]> => {
      const log: unknown[] = [];
      const queue = wrap(new Queue({ concurrency: 2 }));
      const job = (name: string, turns: number, priority = 0): Promise<unknown> =>
        queue.add(
          async () => {
            log.push(`${name} starts`);
            for (let index = 0; index < turns; index++) await turn();
            log.push(`${name} ends`);
            if (name.startsWith('bad')) throw new Error(name);
            return name;
          },
          { priority },
        );
      const reasons = await unhandledIn(async () => {
        const results = [job('a', 3), job('bad b', 1), job('c', 1), job('d', 1, 5)];
        void job('bad lost', 1);
        void queue.add(() => {
          throw new Error('at once');
        });
        log.push(await Promise.allSettled(results), await queue.addAll([() => 1, async () => 2]));
        await queue.onIdle();
        queue.pause();
        void queue.add(() => 'never');
        queue.clear();
      });
      return [log, reasons];
    };
    const bare = await program((queue) => queue);
    expect(bare[1]).toEqual([new Error('at once'), new Error('bad lost')]);
    expect(await program((queue) => wrapQueue(queue))).toEqual(bare);
    expect(await pending()).toEqual([]);
  });

  test(`${version}: the object stays itself, also when it is wrapped twice`, () => {
    const bare = new Queue();
    const queue = wrapQueue(bare);
    const { add } = queue;
    expect(wrapQueue(queue)).toBe(bare);
    expect([queue.add === add, queue instanceof Queue, Object.keys(queue).includes('add')]).toEqual([
      true,
      true,
      false,
    ]);
    expect([add.name, add.length]).toEqual([Queue.prototype.add.name, Queue.prototype.add.length]);
  });

  test(`${version}: a job that gives its own queue a job and awaits it shows the queue in its own hands`, async () => {
    const queue = wrapQueue(new Queue({ concurrency: 1 }), { name: 'nested' });
    void queue.add(async function outer() {
      await queue.add(async function inner() {});
    });
    expect(await pending()).toEqual([
      'job outer: pending',
      'job inner by outer: start queue nested',
      'queue nested: 1 in it, held by outer',
    ]);
    queue.concurrency = 2;
    expect(await pending()).toEqual([]);
  });
}

test('p-queue 10: a job that is given while another is started by add is a job of its own', async () => {
  const queue = wrapQueue(new PQueue({ concurrency: 1 }), { name: 'mails' });
  const gate = Promise.withResolvers<void>();
  queue.addEventListener('active', () => void queue.add(function second() {}), { once: true });
  void queue.add(function first() { return gate.promise; }); // prettier-ignore
  expect(await pending()).toEqual([
    'job first: pending',
    'job second: start queue mails',
    'queue mails: 1 in it, held by first',
  ]);
  gate.resolve();
  await queue.onIdle();
  expect(await pending()).toEqual([]);
});

test('p-queue 10: a job that ran into its timeout is still pending, but holds the queue no more', async () => {
  const queue = wrapQueue(new PQueue({ concurrency: 1 }), { name: 'mails' });
  const gate = Promise.withResolvers<void>();
  const late = queue.add(async function late() { return gate.promise; }, { timeout: 1 }); // prettier-ignore
  const next = queue.add(async function next() { return gate.promise; }); // prettier-ignore
  await expect(late).rejects.toThrow('timed out');
  expect(await pending()).toEqual(['job late: pending', 'job next: pending', 'queue mails: 0 in it, held by next']);
  gate.resolve();
  await next;
  expect(await pending()).toEqual([]);
});

test('p-queue 10: a queue that the program forgot is collected with the jobs that wait in it', async () => {
  const forget = (): void => {
    const queue = wrapQueue(new PQueue({ autoStart: false }), { name: 'forgotten' });
    void queue.add(() => 1);
  };
  forget();
  expect(await pending()).toEqual(['job forgotten: start queue forgotten', 'queue forgotten: 1 in it']);
  await collectGarbage();
  expect(await pending()).toEqual([]);
});
