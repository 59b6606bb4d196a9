// Every example does what its first comment promises, in each way to run it, and stands in the table.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { attempt } from '../examples/all/attempt.ts';
import { examples } from '../examples/all/list.ts';
import { table } from '../examples/all/table.ts';
import { isMainVersion } from './support/main-version.ts';

const all = examples();

// What a report says and which spans there are is tried on every version elsewhere: here on that of npm scripts.
const tried = isMainVersion ? ['prints', 'reports', 'sends'] : ['prints'];

const promises = all.flatMap(({ promised }) => promised).filter(({ verb }) => tried.includes(verb));

test.each(promises)('$command $verb what it promises', async (each) => {
  const broken = await attempt(each);
  expect(broken?.split('\n') ?? []).toEqual([]); // a text would be cut
});

test('the table lists all of them, with what they promise', () => {
  const page = readFileSync(new URL('../examples/README.md', import.meta.url), 'utf8');
  expect(page.slice(page.indexOf('| system')).trim()).toBe(table(all));
});
