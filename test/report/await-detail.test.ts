import { expect, test } from 'vitest';
import { mergeLeaves, summariseLeaf } from '../../src/report/await-detail.ts';

function summary(detail: string, settledBy: readonly string[] = []) {
  return summariseLeaf({ type: 'leaf', kind: 'other', detail, settledBy, verdict: 'found' });
}

test.each([
  ['3.1 s left', '9.8 s left', '3.1–9.8 s left'],
  ['9.8 s left', '3.1 s left', '3.1–9.8 s left'],
  ['900 ms left', '2.1 s left', '900 ms–2.1 s left'],
  ['59.9 s left', '2 m 3 s left', '59.9 s–2 m 3 s left'],
  ['2 m 3 s left', '1 h 2 m left', '2 m 3 s–1 h 2 m left'],
  ['10.0.0.7:40001', '10.0.0.7:60999', '10.0.0.7:40001–60999'],
  ['[::1]:40001', '[::1]:40002', '[::1]:40001–40002'],
  ['pid 17', 'pid 4', 'pid 4–17'],
  ['5 of 9 in 2.0 s', '3 of 9 in 1.0 s', '3–5 of 9 in 1.0–2.0 s'],
])('leaves that wait for %j and %j are alike: %j', (one, other, both) => {
  const merged = mergeLeaves(summary(one), summary(other));
  expect(summary(one).key).toBe(summary(other).key);
  expect(merged.detail).toBe(both);
  expect(mergeLeaves(merged, summary(one)).detail).toBe(both);
});

test.each([
  ['127.0.0.1:5432', '127.0.0.1:6379'],
  ['10.0.0.7:5432', '10.0.0.8:5432'],
  ['10.0.0.7:27017', '10.0.0.7:11211'],
  ['pg2.local:5432', 'pg3.local:5432'],
  ['/data/1.csv', '/data/2.csv'],
  ['event "data"', 'event "drain"'],
  ['node:events:635', 'node:events:700'],
])('leaves that wait for %j and %j are not alike', (one, other) => {
  expect(summary(one).key).not.toBe(summary(other).key);
});

test('an index that differs on the way to the settler makes no difference, a name does', () => {
  const [first, second, other] = ['Array[0]', 'Array[17]', 'Map'].map((step) => summary('', ['Pool.busy', step, '4']));
  expect(first?.key).toBe(second?.key);
  expect(first?.key).not.toBe(other?.key);
  if (first === undefined || second === undefined) throw new Error('unreachable');
  expect(mergeLeaves(first, second).settledBy).toEqual(['Pool.busy', 'Array[…]', '…']);
  expect(mergeLeaves(first, first).settledBy).toEqual(['Pool.busy', 'Array[0]', '4']);
});

test('for how long a holder has what is waited for makes no difference, who it is does', () => {
  const held = (by: string, time: string) => summary('', [`${by}, which holds it for ${time}`]);
  expect(held('mailer #3', '3.5 s').key).toBe(held('mailer #3', '1 m 2 s').key);
  expect(held('mailer #3', '3.5 s').key).not.toBe(held('mailer #4', '3.5 s').key);
});
