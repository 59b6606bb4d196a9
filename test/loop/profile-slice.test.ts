import { expect, test } from 'vitest';
import type { CpuProfile } from '../../src/loop/cpu-profile.ts';
import { sliceProfile } from '../../src/loop/profile-slice.ts';

function frame(functionName: string, lineNumber: number, url = 'file:///app/a.js') {
  return { functionName, scriptId: '1', url, lineNumber, columnNumber: 0 };
}

/** Samples each millisecond from 100 ms on: of `parse`, `(garbage collector)`, and `parse` below another caller. */
const profile: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame('parse', 9) },
    { id: 2, callFrame: frame('(garbage collector)', -1, '') },
    { id: 3, callFrame: frame('parse', 9) },
    { id: 4, callFrame: frame('idle', 20) },
  ],
  startTime: 99_000,
  endTime: 110_000,
  samples: [4, 1, 1, 2, 3, 4, 4, 1, 4],
  timeDeltas: Array.from({ length: 9 }, () => 1000),
};

test('the functions of a stretch of time, with what each had of it; one function is one, whoever called it', () => {
  expect(sliceProfile(profile, [{ startMs: 101, endMs: 105 }], 5)).toEqual([
    {
      function: 'parse',
      site: { file: 'file:///app/a.js', line: 10, column: 1, function: 'parse', exact: true },
      selfMs: 3,
    },
    { function: '(garbage collector)', site: null, selfMs: 1 },
  ]);
});

test('several stretches add up, and only the functions with the most time are listed', () => {
  const spans = [
    { startMs: 101.5, endMs: 102.5 },
    { startMs: 107, endMs: 109 },
  ];
  expect(sliceProfile(profile, spans, 1)).toMatchObject([{ function: 'parse', selfMs: 2 }]);
});

test('where there was no sample there is no function', () => {
  expect(sliceProfile(profile, [{ startMs: 500, endMs: 600 }], 5)).toEqual([]);
  expect(sliceProfile({ nodes: [], startTime: 0, endTime: 0 }, [{ startMs: 0, endMs: 1 }], 5)).toEqual([]);
});
