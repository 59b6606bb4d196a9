// The same disease in programs of all kinds: the line is that of the source, wherever it runs.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import type { Diagnosis } from '../../src/report/diagnosis.ts';
import { loopscope } from '../support/cli.ts';

const folder = 'test/programs/diseases/kinds';
// Some 20 ms each: what a thread does that listens nowhere counts after its first second.
const ask = "fetch('http://127.0.0.1:'+process.env.PORT).then((each) => each.text())";
const load = `"${process.execPath}" --input-type=module -e "for (let i = 0; i < 80; i++) await ${ask}"`;
const tsx = fileURLToPath(import.meta.resolve('tsx/cli'));

async function placeOf(program: readonly string[]): Promise<unknown> {
  const { stdout } = await loopscope(['doctor', '--format', 'json', '--on-port', load, '--', ...program]);
  const { findings } = JSON.parse(stdout) as Diagnosis;
  const [worst] = findings;
  return { disease: worst?.disease, line: `${worst?.at?.file.split('/').at(-1)}:${worst?.at?.line}` };
}

test.for([
  ['a module of TypeScript', [`${folder}/hash.mts`], 'hash.mts:10'],
  ['CommonJS of TypeScript', [`${folder}/hash.cts`], 'hash.cts:10'],
  ['TypeScript under tsx', [process.execPath, tsx, `${folder}/hash.mts`], 'hash.mts:10'],
  ['a worker thread', [`${folder}/hash-in.mjs`, 'thread'], 'hash-in.mjs:11'],
  ['a process by fork', [`${folder}/hash-in.mjs`, 'fork'], 'hash-in.mjs:11'],
  ['a process by exec', [`${folder}/hash-in.mjs`, 'exec'], 'hash-in.mjs:11'],
  ['a worker of a cluster', [`${folder}/hash-in.mjs`, 'cluster'], 'hash-in.mjs:11'],
] as const)('in %s', { timeout: 60_000 }, async ([, program, line]) => {
  expect(await placeOf(program)).toEqual({ disease: 'blocked-loop', line });
});

test('in a bundle with a source map', { timeout: 60_000 }, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'loopscope-bundle-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const files = JSON.parse(readFileSync('test/golden/bundle.json', 'utf8')) as Record<string, string>;
  for (const [name, text] of Object.entries(files)) {
    if (name === 'madeBy') continue;
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  expect(await placeOf([join(directory, 'dist/server.cjs')])).toEqual({ disease: 'blocked-loop', line: 'hash.ts:10' });
});
