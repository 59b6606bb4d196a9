// What a program under the hook remembers: errors that Node calls unhandled, and synchronous calls where they are asked for.
import { describe, expect, test } from 'vitest';
import type { Report } from '../../src/report/format.ts';
import { program, register, startNode, type Outcome } from '../support/cli.ts';

async function run(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  return startNode(['--import', register, ...words], { env: { LOOPSCOPE_FORMAT: 'json', ...env } }).outcome;
}

function reportIn({ stderr }: Outcome): Report | null {
  const line = stderr.split('\n').find((each) => each.startsWith('{'));
  return line === undefined ? null : (JSON.parse(line) as Report);
}

describe('errors that nobody handles', () => {
  test('are kept with the task, the error and its line, whatever was thrown; those that are handled later are not', async () => {
    const report = reportIn(await run([program('history/errors.mjs')]));
    const lost = report?.history?.lostErrors.entries.map(({ task, error, at, isFatal }) => [
      task?.name ?? null,
      error,
      at?.line ?? null,
      isFatal,
    ]);
    expect(lost).toEqual([
      [null, 'Error: of a promise', 19, false],
      [null, 'Error: without a stack', null, false],
      [null, 'no error', null, false],
      ['mail', 'Error: in a task', 7, false],
    ]);
    expect(report?.warnings?.map(({ rule }) => rule)).toEqual(Array.from({ length: 4 }, () => 'lost-error'));
  });

  test('end the process as they do without loopscope: of a promise Node says it all, of a task the report says more', async () => {
    const code = (make: string): string[] => [
      '--input-type=module',
      '--eval',
      `import { createTask } from 'loopscope'; const fail = async () => { throw new Error('gone'); };
       setTimeout(() => ${make}, 5)`,
    ];
    const [promise, task] = await Promise.all([run(code('fail()')), run(code("createTask(fail, { name: 'mail' })"))]);
    for (const { code: exitCode, stderr } of [promise, task]) {
      expect([exitCode, stderr.includes('Error: gone\n    at ')]).toEqual([1, true]);
    }
    expect(reportIn(promise)).toBe(null);
    expect(reportIn(task)?.warnings).toMatchObject([
      { rule: 'lost-error', message: expect.stringMatching(/^task mail, .*: Node ended the process for it\.$/) },
    ]);
  });
});

describe('synchronous calls', () => {
  const file = program('history/calls.mjs');

  test('after the start-up are kept with their lines, but not those of modules that are loaded', async () => {
    const outcome = await run([file], { LOOPSCOPE_BLOCKING_CALLS: '1', LOOPSCOPE_RULES: 'blocking-call=1ms' });
    const entries = reportIn(outcome)?.history?.blockingCalls?.entries ?? [];
    expect(entries.map(({ native, at, count }) => [native, at?.line, count])).toEqual([
      ['readFileSync', 13, 1],
      ['existsSync', 14, 1],
      ['execFileSync', 15, 1],
      ['pbkdf2Sync', 16, 1],
      ['gzipSync', 17, 1],
      ['Atomics.wait', 18, 1],
      ['readFileSync', 25, 1],
    ]);
    expect(reportIn(outcome)?.warnings?.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^Atomics\.wait at .*calls\.mjs:18 kept the loop waiting for \d+ ms/),
    );
  });

  test('are what they are without that, and nobody wraps them where nobody asks', async () => {
    const [plain, asked, without] = await Promise.all([
      startNode([file]).outcome,
      run([file], { LOOPSCOPE_BLOCKING_CALLS: '1' }),
      run([file]),
    ]);
    expect(asked.stdout).toBe(plain.stdout);
    expect([without.stdout, reportIn(without)]).toEqual([plain.stdout, null]);
  });
});
