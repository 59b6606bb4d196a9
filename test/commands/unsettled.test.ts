// Programs that end because nothing is left that could let their functions go on: which, and at which await.
import { describe, expect, test } from 'vitest';
import type { Report } from '../../src/report/format.ts';
import { loopscope, program } from '../support/cli.ts';

const main = program('unsettled/main.mjs');
const middle = program('unsettled/middle.cjs');

/** The lines from one on, without what differs from run to run. */
function from(start: RegExp, text: string): string[] {
  const lines = text.trimEnd().split('\n');
  return lines.slice(lines.findIndex((line) => start.test(line))).map((line) => line.replace(/\S*\/(?=\w+\.\wjs)/, ''));
}

const suspendedMain = [
  '  (module)  main.mjs:10:1',
  '  └─ Promise.all, 1 of 2 pending',
  '     └─ [0] load  main.mjs:7:3',
  '        └─ query  main.mjs:3:3',
];

describe.skipIf(process.platform !== 'linux')('the end of a program', () => {
  test('whose main module awaits for ever is explained by run: the functions, and which of them is stuck', async () => {
    const { stderr, code } = await loopscope(['run', main]);
    expect(code).toBe(13);
    expect(stderr).toMatch(/^loopscope: at exit with code 13: 3 suspended functions, 1 warning$/m);
    expect(stderr).toMatch(/stuck-wait: query awaits a promise that nobody can settle[^]*main\.mjs:3:3/);
    expect(from(/^SUSPENDED/, stderr).slice(1, 5)).toEqual(suspendedMain);
    expect(stderr).not.toContain('LOOP');
  });

  test('is in JSON with all that was read', async () => {
    const { stderr } = await loopscope(['run', '--format', 'json', main]);
    const line = stderr.split('\n').find((each) => each.startsWith('{')) ?? '{}';
    const { reason, process: ended, awaits, warnings } = JSON.parse(line) as Report;
    expect({ reason, ended, warnings }).toMatchObject({
      reason: 'exit',
      ended: { exitCode: 13, isDrained: true },
      warnings: [{ rule: 'stuck-wait', site: { file: main, line: 3 } }],
    });
    expect(awaits?.functions.map(({ kind }) => kind)).toContain('module');
  });

  test('is explained by why, also where it stops in the middle with exit code 0', async () => {
    const [ofMain, ofMiddle] = await Promise.all([loopscope(['why', main]), loopscope(['why', middle])]);
    expect([ofMain?.code, ofMiddle?.code, ofMiddle?.stdout]).toEqual([13, 0, '']);
    expect(from(/^SUSPENDED/, ofMain?.stderr ?? '').slice(0, 5)).toEqual([
      'SUSPENDED FUNCTIONS  they never go on; below each is what it awaited',
      ...suspendedMain,
    ]);
    expect(from(/^SUSPENDED/, ofMiddle?.stderr ?? '').slice(1, 3)).toEqual([
      '  main  middle.cjs:13:3',
      '  └─ insertAll  middle.cjs:9:27',
    ]);
  });

  test('is explained by why with the jobs of a library that nobody ends, of which no function is suspended', async () => {
    const { stderr } = await loopscope(['why', program('unsettled/queue.cjs')]);
    const [title, , first, second] = from(/^TASKS/, stderr);
    expect(title).toBe('TASKS  that nobody can end any more');
    expect(first).toMatch(/ job +pending .*queue\.cjs:7$/);
    expect(second).toMatch(/ job +queued .* queue /);
  });

  test('is not held up by run where it has exit code 0: that is no error of its own', async () => {
    expect(await loopscope(['run', middle])).toEqual({ stdout: '', stderr: '', code: 0, signal: null });
  });
});
