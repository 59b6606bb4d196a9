// `loopscope tree`: its options reach what draws. What is drawn is tested elsewhere.
import { beforeAll, describe, expect, test } from 'vitest';
import type { AwaitReport } from '../../src/report/awaits.ts';
import { loopscope } from '../support/cli.ts';
import { startTarget } from '../support/targets.ts';

let target: string;

beforeAll(async () => {
  if (process.platform === 'linux') target = String(await startTarget('combinators.mjs'));
});

/** What is drawn, without settlers: they take time and make no difference here. */
async function tree(...words: string[]): Promise<string> {
  const { stdout, stderr, code } = await loopscope(['tree', '--no-settlers', ...words, target]);
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  return stdout;
}

/** The line on which the first of these names stands. */
function lineOf(text: string, name: string): number {
  return text.split('\n').findIndex((line) => line.includes(name));
}

describe.skipIf(process.platform !== 'linux')('a tree of a process', () => {
  test('who awaits stands above what is awaited, and below with --up', async () => {
    const [down, up] = [await tree('--down', '--focus', 'waitsForOneOfMany'), await tree('--up')];
    expect(lineOf(down, 'main')).toBeGreaterThan(0);
    expect(lineOf(down, 'waitsForOneOfMany')).toBeLessThan(lineOf(down, 'reply'));
    expect(lineOf(up, 'reply')).toBeLessThan(lineOf(up, 'waitsForOneOfMany'));
  });

  test('--depth cuts what is below, and --focus what is beside', async () => {
    expect(await tree('--depth', '1')).not.toContain('waitsForAll');
    const focused = await tree('--focus', 'waitsForAny');
    expect(focused).toContain('waitsForAny');
    expect(await tree('--function', 'nobody is called so')).not.toContain('waitsForAny');
  });

  test('--json has the graph', async () => {
    const report = JSON.parse(await tree('--json')) as AwaitReport;
    expect(report).toMatchObject({ format: 'loopscope-awaits', process: { pid: Number(target) } });
    expect(report.functions).toHaveLength(19);
  });
});
