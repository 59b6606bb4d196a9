// The hook on require and import, on programs that know nothing of loopscope.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Report } from '../../src/report/format.ts';
import { program, register, startNode } from '../support/cli.ts';
import { filesOfSites, linesOf } from './pending.ts';

const index = fileURLToPath(new URL('../../dist/src/index.js', import.meta.url));
const preload = fileURLToPath(new URL('../../dist/src/preload.cjs', import.meta.url));

async function reportOf(file: string, flags: string[], env: Record<string, string> = {}): Promise<Report> {
  const words = [...flags, program(`libraries/${file}`)];
  const { stderr } = await startNode(words, { env: { LOOPSCOPE_FORMAT: 'json', ...env } }).outcome;
  return JSON.parse(stderr) as Report;
}

/** Of all sites; what runs outside of all tasks was created nowhere. */
function filesOf(report: Report): string[] {
  const tasks = report.tasks.map((task) => (task.id === 0 ? { ...task, createdAt: task.waits[0]?.at ?? null } : task));
  return filesOfSites({ ...report, tasks });
}

test('ES modules: queues, locks and retries of libraries are in the report, by library and place', async () => {
  const report = await reportOf('stuck.mjs', ['--import', register]);
  expect(linesOf(report)).toEqual([
    'task (main): join queue p-queue stuck.mjs:12 and acquire lock async-mutex stuck.mjs:27 and acquire semaphore async-mutex stuck.mjs:30 and acquire semaphore async-sema stuck.mjs:34 and acquire lock async-lock stuck.mjs:38[key]',
    'job job: pending',
    'job p-queue stuck.mjs:12: start queue p-queue stuck.mjs:12',
    'job limited: pending',
    'job mapped: start queue p-limit stuck.mjs:19',
    'job p-limit stuck.mjs:24: pending',
    'job fastq stuck.mjs:42: pending',
    'job fastq stuck.mjs:42: start queue fastq stuck.mjs:42',
    'job fastq stuck.mjs:45: pending',
    'retry fetchUser 1 of 4 after Error: no: delay undefined undefined',
    'queue p-queue stuck.mjs:12: 1 in it, held by job',
    'queue p-limit stuck.mjs:19: 1 in it, held by limited',
    'queue p-limit stuck.mjs:24: 0 in it, held by p-limit stuck.mjs:24',
    'lock async-mutex stuck.mjs:27: 1 of 1, 1 waiting, held by (main)',
    'semaphore async-mutex stuck.mjs:30: 1 of 2, 1 waiting, held by (main)',
    'semaphore async-sema stuck.mjs:34: 1 of 1, 1 waiting, held by (main)',
    'lock async-lock stuck.mjs:38[key]: 1 of 1, 1 waiting, held by (main)',
    'lock async-lock stuck.mjs:38[other]: 1 of 1, 0 waiting, held by (main)',
    'queue fastq stuck.mjs:42: 1 in it, held by fastq stuck.mjs:42',
    'queue fastq stuck.mjs:45: 0 in it, held by fastq stuck.mjs:45',
  ]);
  expect(filesOf(report)).toEqual([program('libraries/stuck.mjs')]);
  expect(report.notes).toBeUndefined();
});

test('CommonJS: the same for those builds', async () => {
  const report = await reportOf('stuck.cjs', ['--require', preload]);
  expect(linesOf(report)).toEqual([
    'task (main): acquire lock async-mutex stuck.cjs:25 and acquire lock async-mutex stuck.cjs:28 and acquire semaphore async-mutex stuck.cjs:31 and acquire semaphore async-sema stuck.cjs:35 and acquire lock async-lock stuck.cjs:39[key]',
    'job job: pending',
    'job p-queue stuck.cjs:13: start queue p-queue stuck.cjs:13',
    'job limited: pending',
    'job second: start queue p-limit stuck.cjs:19',
    'job fastq stuck.cjs:47: pending',
    'job fastq stuck.cjs:47: start queue fastq stuck.cjs:47',
    'retry fetchUser 1 of 4 after Error: no: delay undefined undefined',
    'queue p-queue stuck.cjs:13: 1 in it, held by job',
    'queue p-limit stuck.cjs:19: 1 in it, held by limited',
    'lock async-mutex stuck.cjs:25: 1 of 1, 1 waiting, held by (main)',
    'lock async-mutex stuck.cjs:28: 1 of 1, 1 waiting, held by (main)',
    'semaphore async-mutex stuck.cjs:31: 1 of 1, 0 waiting, held by (main)',
    'semaphore async-sema stuck.cjs:35: 1 of 1, 1 waiting, held by (main)',
    'lock async-lock stuck.cjs:39[key]: 1 of 1, 1 waiting, held by (main)',
    'queue fastq stuck.cjs:47: 1 in it, held by fastq stuck.cjs:47',
  ]);
  expect(filesOf(report)).toEqual([program('libraries/stuck.cjs')]);
  expect(report.notes).toBeUndefined();
});

test('LOOPSCOPE_DISABLE lets libraries be', async () => {
  const env = { LOOPSCOPE_DISABLE: 'p-queue, p-limit,async-mutex,async-sema,fastq,p-retry' };
  expect(linesOf(await reportOf('stuck.mjs', ['--import', register], env))).toEqual([
    'task (main): acquire lock async-lock stuck.mjs:38[key]',
    'lock async-lock stuck.mjs:38[key]: 1 of 1, 1 waiting, held by (main)',
    'lock async-lock stuck.mjs:38[other]: 1 of 1, 0 waiting, held by (main)',
  ]);
});

test('a version that is not known, or not as expected, works as it is, and the report says so', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'loopscope-hook-'));
  try {
    const modules = join(folder, 'node_modules');
    const library = (name: string, version: string, text: string): Promise<void> =>
      mkdir(join(modules, name), { recursive: true })
        .then(() => writeFile(join(modules, name, 'package.json'), JSON.stringify({ name, version })))
        .then(() => writeFile(join(modules, name, 'index.js'), text));
    await library('p-queue', '99.0.0', 'exports.add = (job) => job();');
    await library('p-limit', '3.9.9', 'module.exports = () => (job) => job();');
    const app = join(folder, 'app.cjs');
    await writeFile(
      app,
      `require('p-queue').add(() => console.log('queue'));
       require('p-limit')(1)(() => console.log('limit'));
       require(${JSON.stringify(index)}).createTask(() => new Promise(() => {}));`,
    );
    const env = { LOOPSCOPE_FORMAT: 'json' };
    const { stdout, stderr } = await startNode(['--import', register, app], { env }).outcome;
    expect(stdout).toBe('queue\nlimit\n');
    expect((JSON.parse(stderr) as Report).notes).toEqual([
      'p-queue 99.0.0 is not known: it is not visible',
      String.raw`p-limit 3.9.9 is not visible, because it is not as expected: /\bconst(?= generator = \()/ is there 0 times`,
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('what was loaded before the hook is named in the report', async () => {
  const words = ['--require', 'p-limit-3', '--require', preload, program('libraries/stuck.cjs')];
  const { stderr } = await startNode(words, { env: { LOOPSCOPE_FORMAT: 'json' } }).outcome;
  const report = JSON.parse(stderr) as Report;
  expect(report.notes).toEqual(['p-limit 3.1.0 was loaded before loopscope: it is not visible']);
  expect(linesOf(report).filter((line) => line.includes('p-limit'))).toEqual([]);
});

test('a library that is disabled at run time has its own functions again, until it is enabled', async () => {
  const hook = new URL('../../dist/instrumentation/hook.js', import.meta.url).href;
  const words = ['--import', register, program('libraries/disable.mjs'), hook, index];
  const { stdout } = await startNode(words).outcome;
  expect(stdout).toBe('1 true\n1 false\n2 true false\ntrue\n2\n');
});
