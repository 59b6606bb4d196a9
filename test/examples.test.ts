import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Report } from '../src/report/format.ts';
import { loopscope } from './support/cli.ts';
import { isMainVersion } from './support/main-version.ts';

const root = new URL('..', import.meta.url);

function read(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

/** The number of the line of an example in which a text first stands. */
function lineOf(example: string, text: string): number {
  const index = read(`examples/${example}`)
    .split('\n')
    .findIndex((line) => line.includes(text));
  if (index === -1) throw new Error(`${example} has no line with ${text}`);
  return index + 1;
}

async function reportOf(example: string) {
  const { stdout, stderr, code } = await loopscope(['run', '--format', 'json', '--', `examples/${example}`]);
  const line = stderr.split('\n').find((each) => each.startsWith('{')) ?? '';
  return { report: JSON.parse(line) as Report, stdout, code };
}

test('order-service: the report names deadlock, full queue, retry and what blocked the loop, with their lines', async () => {
  const example = 'order-service.ts';
  const { report, code } = await reportOf(example);
  expect(code).toBe(0);
  const tasks = new Map(report.tasks.map((task) => [task.id, task]));
  const [cycle] = report.cycles;
  const steps = cycle?.steps.map(({ task: id, waitsFor }) => {
    const task = tasks.get(id);
    const held = report.resources.find(({ holders }) => holders.some((holder) => holder.task.id === id));
    return {
      task: task?.name,
      holds: [held?.name, held?.holders[0]?.at?.line],
      waitsFor: [waitsFor.name, task?.waits[0]?.at?.line],
    };
  });
  expect(new Set(steps)).toEqual(
    new Set([
      {
        task: 'POST /ship',
        holds: ['stock', lineOf(example, 'return stock.run(async')],
        waitsFor: ['ledger', lineOf(example, "ledger.run(() => 'shipped')")],
      },
      {
        task: 'POST /refund',
        holds: ['ledger', lineOf(example, 'return ledger.run(async')],
        waitsFor: ['stock', lineOf(example, "stock.run(() => 'refunded')")],
      },
    ]),
  );
  expect(report.resources.find(({ name }) => name === 'invoices')).toMatchObject({
    statistics: { depth: 2, capacity: 2, putters: 2 },
    lastTaker: { name: 'mailer', settled: false },
  });
  const retry = report.tasks.find(({ kind }) => kind === 'retry');
  expect(retry?.progress?.attempt).toBeGreaterThan(1);
  expect(retry).toMatchObject({ name: 'send mail', progress: { limit: 10 } });
  expect(retry?.progress?.lastError).toContain('ECONNREFUSED');
  const [block] = report.loop?.blocks ?? [];
  expect(block).toMatchObject({ kind: 'javascript', count: 1, tasks: [{ name: 'POST /report' }] });
  expect(block?.stack.slice(0, 2)).toMatchObject([
    { function: 'monthlyReport', line: lineOf(example, 'while (performance.now() < end)') },
    { function: 'handle', line: lineOf(example, 'return monthlyReport()') },
  ]);
});

test('wrapped-libraries: the report names who holds the mutex, and the jobs that keep the queue busy', async () => {
  const { report, stdout } = await reportOf('wrapped-libraries.ts');
  expect(stdout).toBe('sent: Order 1 is on its way\nsent: Order 2 is on its way\n');
  const [queue, mutex] = report.resources;
  expect(mutex).toMatchObject({
    kind: 'lock',
    name: 'template',
    holders: [
      { task: { name: 'render' }, settled: true, at: { line: lineOf('wrapped-libraries.ts', 'template.acquire()') } },
    ],
    statistics: { waiters: 2 },
  });
  expect(queue).toMatchObject({ kind: 'queue', name: 'mails', statistics: { depth: 2 } });
  expect(queue?.holders.map(({ task }) => task.name)).toEqual(['sendMail', 'sendMail']);
});

test('queue-join: all is done when the queue is joined, and cancelled workers lose nothing', async () => {
  const { stdout, stderr, code } = await loopscope(['run', '--', 'examples/queue-join.ts']);
  expect([stdout, stderr, code]).toEqual(['10 orders shipped, 0 left\nworkers: rejected, rejected, rejected\n', '', 0]);
});

test('queue-join with --forget: the report says that one order was taken and not done, and who joins', async () => {
  const { stderr } = await loopscope(['run', '--', 'examples/queue-join.ts', '--forget']);
  expect(stderr).toContain('queue orders · 0 of 4 in it · 3 waiting to get · 1 taken and not done\n');
  expect(stderr).toContain('waits for queue orders to be done');
  expect(stderr).toContain(`at examples/queue-join.ts:${lineOf('queue-join.ts', 'orders.join()')}:`);
});

test('tcp-echo: the echo of asyncio works, and where both ends wait the report says on which streams and where', async () => {
  const { stdout, stderr, code } = await loopscope(['run', '--', 'examples/tcp-echo.ts']);
  expect(code).toBe(0);
  expect(stdout.split('\n')).toEqual([
    'server: received Hello World!',
    'client: the answer is Hello World!',
    'server: received Hello again!',
    'client: read stream tcp 127.0.0.1:PORT: timed out after 1000 ms',
    '',
  ]);
  const lines = stderr.split('\n').map((line) => line.trim());
  for (const read of ['await reader.readLine(', 'for await (const line of reader)']) {
    const at = lines.findIndex((line) => line.includes(`at examples/tcp-echo.ts:${lineOf('tcp-echo.ts', read)}:`));
    expect(lines.slice(at - 1, at + 1).join(' ')).toMatch(/waits for stream tcp 127\.0\.0\.1:\d+ to read/);
  }
});

// It says so: `Node 24.21.0`. Columns of calls are others in other versions.
const shown = isMainVersion ? ['examples/order-service.ts'] : [];

test.each(shown)('the output in the README is that of npm start, but for times, numbers and ports', async (example) => {
  const { stderr } = await loopscope(['run', '--', example], { env: { COLUMNS: '80' } });
  const [, block = ''] = /^```\n(loopscope: pending at exit[^]*?)^```/m.exec(read('README.md')) ?? [];
  const live = withoutNumbers(stderr);
  const paragraphs = block.split('\n\n').map(withoutNumbers);
  expect(paragraphs.length).toBeGreaterThan(4);
  expect(paragraphs.filter((paragraph) => !live.includes(paragraph))).toEqual([]);
});

/** In one line, because times that are longer wrap elsewhere. */
function withoutNumbers(text: string): string {
  return text
    .replaceAll(/\d+(?:\.\d+)* (?:ms|s)\b/g, 'TIME')
    .replaceAll(/(?:#|pid |Node |localhost:)[\d.]+/g, 'N')
    .replaceAll(/(order-service\.ts:3)\d:\d+/g, '$1') // wherever in its loop it was just then
    .replaceAll(/\s+/g, ' ')
    .trim();
}
