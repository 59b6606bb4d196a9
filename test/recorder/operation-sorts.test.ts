// Of which operations the stack is read, and for how many each of these stands.
import { expect, test } from 'vitest';
import { sortsOfOperations } from '../../src/recorder/operation-sorts.ts';

test('each is looked at while there are few, and of many those that are stand for all, whatever their order is', () => {
  const sort = sortsOfOperations().of('FSREQCALLBACK');
  // a file that is read: opened, looked at, read, closed
  const sums = [0, 0, 0, 0];
  let looks = 0;
  const first = Array.from({ length: 50 }, () => sort?.weigh());
  for (let index = 0; index < 400_000; index++) {
    if (index % 20_000 === 0) sort?.tick();
    const weight = sort?.weigh() ?? 0;
    if (weight > 0) looks++;
    sums[index % 4] = (sums[index % 4] ?? 0) + weight;
  }
  expect({
    first: new Set(first),
    areFew: looks < 20_000,
    arePart: sums.map((sum) => sum > 50_000 && sum < 150_000),
    areAll: sums.reduce((all, sum) => all + sum, 0) / 400_000,
  }).toEqual({ first: new Set([1]), areFew: true, arePart: [true, true, true, true], areAll: expect.closeTo(1, 0) });
});

test('what Node begins for what is seen itself is no operation', () => {
  const sorts = sortsOfOperations();
  expect([sorts.of('Immediate'), sorts.of('TCPWRAP')?.isLasting, sorts.of('FSREQCALLBACK')?.isLasting]).toEqual([
    null,
    true,
    false,
  ]);
});
