import { test } from 'vitest';

interface Row {
  total: number;
}

function sum(rows: Row[]): number {
  let total = 0;
  for (let index = 0; index >= 0; index++) {
    total += rows[index % rows.length]?.total ?? 0;
  }
  return total;
}

test('an endless loop', { timeout: 300 }, () => {
  sum([{ total: 1 }]);
});
