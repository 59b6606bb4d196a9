import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { orderService } from '../support/ci-reports.ts';
import { loopscope } from '../support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'loopscope-compare-'));
const at = (name: string): string => join(folder, name);
const without = { ...orderService, tasks: orderService.tasks.filter(({ id }) => id < 12), cycles: [] };
writeFileSync(at('before.json'), JSON.stringify(without));
writeFileSync(at('after.json'), JSON.stringify(orderService));
afterAll(() => rmSync(folder, { recursive: true }));

describe('loopscope compare', () => {
  test('--fail-on ends with 8 for what is new, and of the kinds that are named', async () => {
    const names = ['new-tasks', 'new-queues,worse', 'new'];
    const words = ['compare', at('before.json'), at('after.json'), '--fail-on'];
    const outcomes = await Promise.all(names.map((name) => loopscope([...words, name])));
    expect(outcomes.map(({ code, stderr }) => [code, stderr.split(':')[2]])).toEqual([
      [8, ' 2 new, exit code 8\n'],
      [0, undefined],
      [8, expect.stringMatching(/^ \d+ new, exit code 8\n$/)],
    ]);
  });

  test('of a report with itself finds nothing; of runs without any report neither', async () => {
    writeFileSync(at('empty.json'), '');
    const pairs = ['after.json', 'empty.json'];
    const outcomes = await Promise.all(
      pairs.map((name) => loopscope(['compare', at(name), at(name), '--fail-on', 'new,worse'])),
    );
    expect(outcomes.map(({ code, stdout }) => [code, stdout.replace(/\d+ the/, 'N the')])).toEqual([
      [0, 'loopscope: nothing is new, gone, worse or better, N the same\n'],
      [0, 'loopscope: nothing is new, gone, worse or better\n'],
    ]);
  });

  test('says it as text, JSON and Markdown at once', async () => {
    const forms = `text,json=${at('c.json')},markdown=${at('c.md')}`;
    const { stdout } = await loopscope(['compare', at('after.json'), at('before.json'), '--report', forms]);
    expect(stdout).toContain('\nGONE  there before, and not any more\n');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(JSON.parse(readFileSync(at('c.json'), 'utf8'))).toMatchObject({
      format: 'loopscope-comparison',
      version: 1,
    });
    expect(readFileSync(at('c.md'), 'utf8')).toContain('### gone: there before, and not any more');
  });

  test('a mistake is one sentence and exit code 2', async () => {
    const words = [['a.json'], ['a', 'b', '--fail-on', 'newer'], ['a', 'b', '--tolerance', 'much']];
    const outcomes = await Promise.all(words.map((each) => loopscope(['compare', ...each])));
    expect(outcomes.map(({ code, stderr }) => [code, stderr.slice(0, 62)])).toEqual([
      [2, 'loopscope: compare needs two files: loopscope compare BEFORE A'],
      [2, 'loopscope: --fail-on: there is no "newer"; did you mean new? t'],
      [2, 'loopscope: --tolerance must be a percentage such as 25%, not "'],
    ]);
  });
});
