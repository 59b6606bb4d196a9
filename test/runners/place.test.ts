// Where a test is written, when its runner does not tell.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { placeOfTitle } from '../../src/runners/place.ts';

const folder = mkdtempSync(join(tmpdir(), 'loopscope-place-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'socket.test.js');
writeFileSync(
  file,
  `describe('socket', () => {
  describe('#ping', () => {
    it('throws', () => {});
    it('answers "pong"', () => {});
  });
  describe('#pong', () => {
    it('throws', () => {});
  });
});
describe(name, () => {
  it('throws', () => {});
});
`,
);

test.each([
  ['a title that is there once', ['elsewhere', 'answers "pong"'], 4],
  ['one of two with the same title', ['socket', '#ping', 'throws'], 3],
  ['the other', ['socket', '#pong', 'throws'], 7],
  ['one whose suite is not written there', ['made of a variable', 'throws'], null],
  ['one of several without a suite', ['throws'], null],
  ['a title that is not there', ['socket', 'sends'], null],
])('%s', (_, titles, line) => {
  expect(placeOfTitle(file, titles)).toEqual(line === null ? null : { line, column: 5 });
});

test('a file that is gone has no lines', () => {
  expect(placeOfTitle(join(folder, 'gone.js'), ['throws'])).toBe(null);
});
