// What `loopscope run` says of the event loop.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Report } from '../../src/report/format.ts';
import { loopscope } from '../support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'loopscope-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const blocks = join(folder, 'blocks.cjs');
writeFileSync(
  blocks,
  // The first after a second: by then the watchdog runs, on a loaded machine too.
  `function spin(milliseconds) {
     const end = performance.now() + milliseconds;
     while (performance.now() < end); // here
   }
   setTimeout(spin, 1000, 600);
   setTimeout(spin, 1100, 600);
  `,
);

async function run(...words: string[]) {
  const outcome = await loopscope(['run', '--format', 'json', ...words]);
  const line = outcome.stderr.split('\n').find((each) => each.startsWith('{'));
  return { ...outcome, report: line === undefined ? null : (JSON.parse(line) as Report) };
}

test('a program that leaves nothing behind but blocked its loop is told so: what, where and how often', async () => {
  const { report, code } = await run(blocks);
  expect(code).toBe(0);
  expect(report).toMatchObject({ reason: 'exit', tasks: [], loop: { thresholdMs: 100 } });
  expect(report?.loop?.blocks).toMatchObject([
    { kind: 'javascript', count: 2, stack: [{ file: blocks, function: 'spin', line: 3 }] },
  ]);
  expect(report?.loop?.delay.maxMs).toBeGreaterThanOrEqual(600);
  expect(report?.loop?.utilization).toBeGreaterThan(0.3);
});

test.each([
  ['no turn is over the threshold', '--block-threshold', '1m'],
  ['nobody looks for blocks', '--no-watchdog'],
  ['the loop is not measured', '--no-loop'],
])('it is told nothing where %s', async (_, ...words) => {
  expect(await loopscope(['run', ...words, blocks])).toEqual({ stdout: '', stderr: '', code: 0, signal: null });
});

test('the watch begins with the first turn, and what is loaded before it is no block', async () => {
  const early = join(folder, 'early.mjs');
  const load = 'const end = performance.now() + 400;\nwhile (performance.now() < end);\n';
  // Long enough for a thread to start meanwhile, on a loaded machine too.
  const block = 'function spin() {\n  const end = performance.now() + 1500;\n  while (performance.now() < end);\n}\n';
  writeFileSync(early, `${load}${block}setTimeout(spin);\n`);
  const { report } = await run(early);
  expect(report?.loop?.blocks).toMatchObject([{ count: 1, stack: [{ file: early, function: 'spin', line: 5 }] }]);
});

test('a report that is given anyhow says how the loop was, even if nobody looks for blocks', async () => {
  const { report } = await run('--no-watchdog', 'test/programs/hang.ts', 'end');
  expect(report?.loop).toMatchObject({ thresholdMs: null, blocks: [] });
  const none = await run('--no-loop', 'test/programs/hang.ts', 'end');
  expect(none.report?.loop).toBeNull();
});

test('a threshold that is no time is a mistake of the caller', async () => {
  const { stderr, code } = await loopscope(['run', '--block-threshold', 'soon', blocks]);
  expect({ stderr, code }).toEqual({
    stderr:
      'loopscope: --block-threshold must be a time such as 500ms, 30s, 2m or 1.5h (at most 24 days), not "soon"\n',
    code: 2,
  });
});
