// Operations that are followed for a part of the time: what is said of all of them by those that were seen.
import { expect, test } from 'vitest';
import { program, startNode } from '../support/cli.ts';

interface Numbers {
  readonly part: number;
  readonly dropped: number;
  readonly numbers: readonly {
    readonly line: number;
    readonly count: number;
    readonly peak: number;
    readonly mean: number;
  }[];
}

test('where there are very many they are followed for a part of the time, and numbers for all of it are estimates', async () => {
  const compiled = new URL('../../dist/src/recorder/operations.js', import.meta.url).href;
  const { stdout, stderr } = await startNode([program('recorder/many-stats.mjs'), compiled]).outcome;
  expect(stderr).toBe('');
  const { part, dropped, numbers } = JSON.parse(stdout) as Numbers;
  const means = numbers.reduce((sum, { mean }) => sum + mean, 0);
  // what is followed is slower, so that there is less of it
  const isNear = (value: number, expected: number): boolean => value > expected * 0.4 && value < expected * 2;
  expect({
    isPart: part < 0.95,
    dropped,
    lines: numbers.map(({ line, count, peak }) => ({
      line,
      isNear: isNear(count, line === 18 ? 3 : 1),
      isPeak: peak > 0 && peak <= 11, // a callback asks before it returns
    })),
    areTen: isNear(means, 10),
  }).toEqual({
    isPart: true,
    dropped: 0,
    lines: [
      { line: 18, isNear: true, isPeak: true },
      { line: 19, isNear: true, isPeak: true },
    ],
    areTen: true,
  });
}, 60_000);
