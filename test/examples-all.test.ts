// Every example does what its first comment promises, in each way to run it, and stands in the table.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { attempt } from '../examples/all/attempt.ts';
import { examples } from '../examples/all/list.ts';
import { table } from '../examples/all/table.ts';

const all = examples();

// Spans are the same on every version, and each example sends some: that is tried on the version that npm scripts run on.
const tried = process.version.startsWith('v24.') ? ['prints', 'reports', 'sends'] : ['prints', 'reports'];

describe.each(all)('$file', ({ promised }) => {
  test.each(promised.filter(({ verb }) => tried.includes(verb)))('$command $verb what it promises', async (each) => {
    expect(await attempt(each)).toBe(null);
  });
});

test('the table lists all of them, with what they promise', () => {
  const page = readFileSync(new URL('../examples/README.md', import.meta.url), 'utf8');
  expect(page.slice(page.indexOf('| system')).trim()).toBe(table(all));
});
