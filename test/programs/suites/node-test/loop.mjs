import { test } from 'node:test';

function sum(rows) {
  let total = 0;
  for (let index = 0; index >= 0; index++) {
    total += rows[index % rows.length].total;
  }
  return total;
}

test('an endless loop', () => {
  sum([{ total: 1 }]);
});
