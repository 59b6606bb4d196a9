import { expect, test } from 'vitest';
import { place } from '../../src/reporters/wording.ts';

test('a place is told from the directory of the program, unless it is outside or that is the root', () => {
  const site = { file: '/srv/app/src/a.ts', line: 1, column: 2, function: 'f', exact: true };
  expect(['/srv/app', '/srv/other', '/'].map((directory) => place(site, directory))).toEqual([
    'src/a.ts:1:2',
    '/srv/app/src/a.ts:1:2',
    '/srv/app/src/a.ts:1:2',
  ]);
  expect(place({ ...site, file: 'node:fs', exact: false }, '/srv')).toBe('~node:fs:1:2');
});
