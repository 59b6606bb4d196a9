// However code is written, named, stored and compiled: each await is found where it is.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { pathOf, startHanging, tryProgram, type Setting } from './trial.ts';
import { awaitAtOnce, compile, farRight, minify, writeVariant } from './variants.ts';

// Compiled code that is not in a package.json of ours is an ES module all the same.
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'loopscope-code-')));
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
// Node 22 cannot parse `await using`.
const knowsUsing = Number(process.versions.node.split('.')[0]) >= 24;

// What 'tsc --init' wrote for years, and ts-jest does without a configuration.
const toGenerators = ['--target', 'es2016', '--lib', 'es2024', '--sourceMap'];

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.concurrent.each<[string, Setting]>([
  ['positions.mjs', {}],
  ['names.mjs', {}],
  ['two-byte.mjs', {}],
  ['evaluated.cjs', {}],
  ...(knowsUsing ? ([['disposal.mjs', {}]] satisfies [string, Setting][]) : []),
  ['commonjs.cjs', { sources: ['commonjs.cjs', 'required.cjs'] }],
  ['contexts.mjs', { sources: ['contexts.mjs', 'inside.cjs'] }],
  ['hot.mjs', {}],
  ['hot.mjs', { flags: ['--always-sparkplug'] }],
  ['lazy.mjs', { flags: ['--expose-gc', '--stress-flush-code'] }],
])('every await of %s is found where it is, and none is invented: %o', async (program, setting) => {
  expect((await tryProgram(program, setting)).wrong).toEqual([]);
});

describe('however the source is written', () => {
  const variants: [string, string, (text: string) => string][] = [
    ['with CRLF', 'positions.mjs', (text) => text.replaceAll('\n', '\r\n')],
    ['with a byte order mark', 'reactions.mjs', (text) => `\uFEFF${text}`],
    ['with #!', 'als.mjs', (text) => `#!/usr/bin/env -S node --no-warnings\n${text}`],
    ['in very long lines', 'reactions.mjs', farRight('.', 50_000)],
    ['in very long lines of two-byte characters', 'reactions.mjs', farRight('東', 50_000)],
    ['behind characters of two code units', 'combinators.mjs', (text) => text.replaceAll("'done'", "'😀 done'")],
    ['at once, in the first line of CommonJS', 'commonjs.cjs', () => awaitAtOnce('')],
    ['at once, behind #!', 'commonjs.cjs', () => awaitAtOnce('#!/usr/bin/env node\n')],
  ];
  test.concurrent.each(variants)('%s', async (name, program, change) => {
    const variant = writeVariant(join(folder, name.replaceAll(/\W/g, '-')), program, change);
    expect((await tryProgram(variant)).wrong).toEqual([]);
  });
});

describe('TypeScript is reported as it was written', () => {
  const program = 'compiled/service.ts';
  const into = (name: string): string => join(folder, name);
  test.concurrent.each<[string, () => string, boolean]>([
    ['run as it is', () => pathOf(program), true],
    ['compiled with a source map beside it', () => compile(into('beside'), program, '--sourceMap'), true],
    ['compiled with a source map in it', () => compile(into('inside'), program, '--inlineSourceMap'), true],
    ['with async functions compiled down to generators', () => compile(into('down'), program, ...toGenerators), true],
    ['minified with a source map beside it', () => minify(into('small'), program, 'file'), false],
    ['minified with a source map in it', () => minify(into('small-inside'), program, 'inline'), false],
  ])('%s', async (_name, make, named) => {
    expect((await tryProgram(make(), { sources: [program], named })).wrong).toEqual([]);
  });
});

test('code that came out of the compile cache', async () => {
  const flush = "import { flushCompileCache } from 'node:module';\nsetImmediate(flushCompileCache);\n";
  const variant = writeVariant(join(folder, 'cached'), 'combinators.mjs', (text) => flush + text);
  const env = { NODE_COMPILE_CACHE: join(folder, 'cache') };
  await (await startHanging(variant, { env })).stop();
  expect((await tryProgram(variant, { env })).wrong).toEqual([]);
});

test('code that came out of a start-up snapshot', async () => {
  mkdirSync(join(folder, 'snapshot'));
  const variant = writeVariant(join(folder, 'snapshot'), 'snapshot.cjs', (text) => text);
  const blob = join(folder, 'snapshot', 'blob');
  execFileSync(process.execPath, ['--snapshot-blob', blob, '--build-snapshot', variant]);
  expect((await tryProgram(variant, { flags: ['--snapshot-blob', blob] })).wrong).toEqual([]);
});

test('code of the command line', async () => {
  const code = "async function main() { await new Promise((r) => (globalThis.r = r)); } main(); console.log('READY')";
  const setting = { flags: ['-e', `${code}; setTimeout(() => process.exit(), 60000)`], sources: ['command-line.txt'] };
  expect((await tryProgram('command-line.txt', setting)).wrong).toEqual([]);
});
