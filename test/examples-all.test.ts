// Every example does what its first comment promises, in each way to run it, and stands in the table.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { attempt } from '../examples/all/attempt.ts';
import { examples } from '../examples/all/list.ts';
import { table } from '../examples/all/table.ts';

const all = examples();

describe.each(all)('$file', ({ promised }) => {
  test.each(promised)('$command $verb what it promises', async (each) => {
    expect(await attempt(each)).toBe(null);
  });
});

test('the table lists all of them, with what they promise', () => {
  const page = readFileSync(new URL('../examples/README.md', import.meta.url), 'utf8');
  expect(page.slice(page.indexOf('| system')).trim()).toBe(table(all));
});
