import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readNodeExecutable } from '../../../src/heap/process/executable.ts';

const folder = mkdtempSync(join(tmpdir(), 'loopscope-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('Node says which version it is, whatever its file is called', () => {
  const { node } = process.versions;
  expect(readNodeExecutable(process.execPath)).toEqual({ version: node });
  expect(readNodeExecutable(process.execPath, 'my-app')).toEqual({ version: node });
});

test('a small file is Node only by its name, and does not tell its version', () => {
  expect(readNodeExecutable('/bin/sh')).toBeNull();
  expect(readNodeExecutable('/bin/sh', 'node')).toEqual({ version: '' });
});

test.each([
  ['no ELF file', 'MZ', 0],
  ['an ELF file that ends after its header', '\x7fELF\x02\x01', 64],
  ['an ELF file of nonsense', '\x7fELF\x02\x01', 255],
])('a big file is not Node if it is %s', (_, start, filler) => {
  const file = join(folder, 'big');
  const bytes = Buffer.alloc(17 * 1024 * 1024, filler);
  bytes.write(start, 'latin1');
  writeFileSync(file, bytes);
  expect(readNodeExecutable(file)).toBeNull();
});

test('a version on the border of two pieces of a file is found', () => {
  const file = join(folder, 'node');
  const versions = [10, 20, 30, 60, 70].map((before) => {
    const bytes = Buffer.alloc(17 * 1024 * 1024);
    bytes.write('node.js/v99.88.77-nightly20990101', 1024 * 1024 - before, 'latin1');
    writeFileSync(file, bytes);
    return readNodeExecutable(file)?.version;
  });
  expect(versions).toEqual(Array.from({ length: 5 }, () => '99.88.77-nightly20990101'));
});
