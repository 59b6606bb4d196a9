// What is waited for at once, and who was asked to cancel, in words.
import { expect, test } from 'vitest';
import type { TaskEntry, WaitEntry } from '../../src/report/format.ts';
import { cancelPhrase, jointPhrase } from '../../src/reporters/wording.ts';

function entries(count: number, any: boolean, names: readonly (string | null)[]): WaitEntry[] {
  return names.map((name, index) => ({
    kind: 'await',
    on: name === null ? null : { type: 'task', id: index + 1, kind: 'task', name },
    forMs: 0,
    leftMs: null,
    at: null,
    part: { of: 'gather', index, count, any },
  }));
}

test.each<[number, boolean, (string | null)[], string]>([
  [2, false, ['load', null], 'waits for 2 in gather: [0] load #1, [1]'],
  [3, false, ['load', null], 'waits for 2 of 3 in gather: [0] load #1, [1]'],
  [3, true, [null, null, null], 'waits for any of 3 in gather: [0], [1], [2]'],
  [3, true, ['load'], 'waits for 1 of 3 in gather: [0] load #1'],
  [7, false, new Array<null>(7).fill(null), 'waits for 7 in gather: [0], [1], [2], [3], [4] and 2 more'],
])('of %i, any %s, %j pending: %s', (count, any, names, words) => {
  expect(jointPhrase(entries(count, any, names), { of: 'gather', index: 0, count, any })).toBe(words);
});

test.each<[TaskEntry['cancelRequest'], string | null]>([
  [undefined, null],
  [{ count: 1, forMs: 2000 }, 'asked to cancel 2.0 s ago'],
  [{ count: 3, forMs: 5 }, 'asked to cancel 3 times, first 5 ms ago'],
])('%j is %s', (cancelRequest, words) => {
  expect(cancelPhrase({ cancelRequest } as TaskEntry)).toBe(words);
});
