// Tests of vitest that fake the timers, all of them: what loopscope does goes on, and its times are true.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Report } from '../../src/report/format.ts';
import { runTexts } from '../support/runner-suites.ts';
import { vitest } from '../support/runners.ts';

const text = `import { expect, test, vi } from 'vitest';
import { createServer } from 'node:net';
import { createTask, Lock } from 'loopscope';
import { expectNoPending } from 'loopscope/vitest';
interface Faked { everything: true }
const toFake = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'clearImmediate', 'nextTick',
  'queueMicrotask', 'performance', 'Date', 'hrtime'];
function fake() {
  vi.useFakeTimers({ toFake });
  vi.setSystemTime(new Date('2001-01-01'));
}
test('hangs', async () => {
  fake();
  await new Promise((resolve) => setTimeout(resolve, 10)); // timer
}, 300);
test('has none of our timers among its own', async () => {
  fake();
  const stock = new Lock({ name: 'stock' });
  await createTask(() => stock.run(async () => {}));
  await expectNoPending({ timeout: 50 });
  expect(vi.getTimerCount()).toBe(0);
}, 10_000);
test('leaves a server', () => {
  createServer().listen(0); // server
  fake();
}, 10_000);
`;

test('a test that hangs under fake timers is explained, limits and retries go on, ages are those of real time', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'loopscope-fake-'));
  try {
    const file = join(folder, 'reports.jsonl');
    const inThreads = { ...vitest, command: (...files: string[]) => [...vitest.command(...files), '--pool=threads'] };
    const begun = Date.now();
    const settings = { LOOPSCOPE_OUTPUT: file, LOOPSCOPE_FORMAT: 'json' };
    const { culprits, output } = await runTexts(inThreads, { 'fake.test.ts': text }, settings);
    const reports = (await readFile(file, 'utf8'))
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Report);
    const tookMs = Date.now() - begun;
    const isTrue = (ms: number): boolean => ms >= 0 && ms <= tookMs;
    const [hung, left] = reports;
    expect({
      passed: /Tests .*?(\d) passed/.exec(output)?.[1],
      problems: reports.map(({ test: of }) => `${of?.name} ${of?.problem}`),
      culprits: [JSON.stringify(hung), JSON.stringify(left)].map((report, index) => {
        const [name, line] = culprits[index]?.split(':') ?? [];
        return new RegExp(`${name}","line":${line}\\b`).test(report);
      }),
      isAtNow: reports.every(({ takenAt }) => isTrue(Date.parse(takenAt) - begun)),
      ages: [hung?.test?.ranMs, ...(hung?.tasks ?? []).map(({ ageMs }) => ageMs)].every((ms = -1) => isTrue(ms)),
      ranMs: (hung?.test?.ranMs ?? 0) >= 290,
    }).toEqual({
      passed: '2',
      problems: ['hangs timed out', 'leaves a server leaked'],
      culprits: [true, true],
      isAtNow: true,
      ages: true,
      ranMs: true,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
