// Core dumps: what a process awaited, after its death.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCore, readMemory } from '../../src/heap/memory/read.ts';
import type { AwaitReport } from '../../src/report/awaits.ts';
import { program, startLoopscope, startNode } from '../support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'loopscope-core-'));
let core = '';
let alive: AwaitReport;
const hasGcore = canDump();
if (!hasGcore) process.stderr.write('core dumps are not tested: install gdb, which has gcore\n');

function canDump(): boolean {
  try {
    execFileSync('gdb', ['--version'], { stdio: 'ignore' }); // gcore itself has no such option
    return true;
  } catch {
    return false;
  }
}

beforeAll(async () => {
  if (!hasGcore) return;
  const run = startNode([program('awaits/mutex.mjs')]);
  await run.printed('READY');
  const pid = run.child.pid as number;
  alive = await readMemory(pid);
  writeFileSync(`/proc/${pid}/coredump_filter`, '0x1'); // private memory alone, without the text of the executable
  execFileSync('gcore', ['-o', join(folder, 'core'), String(pid)], { stdio: 'ignore' });
  run.child.kill('SIGKILL');
  await run.outcome;
  core = join(folder, `core.${pid}`);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.skipIf(!hasGcore)('a core dump tells what the process awaited when it was dumped', async () => {
  const dead = await readCore({ core, executable: process.execPath });
  const sites = ({ functions }: AwaitReport): string[] =>
    functions.map(({ name, at }) => `${name} ${at?.file}:${at?.line}:${at?.column}`).toSorted();
  expect(sites(dead)).toEqual(sites(alive));
  expect(dead.process).toMatchObject({ pid: alive.process.pid, node: process.versions.node, uptimeMs: null });
  expect(dead.reading.via).toBe('core');
});

test.skipIf(!hasGcore)('is asked for with --core and --exe', async () => {
  const { stdout, stderr, code } = await startLoopscope(['ps', '--core', core, '--exe', process.execPath]).outcome;
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  expect(stdout).toContain('20 suspended functions');
  expect(stdout).toContain('read from a core dump');
});

test.skipIf(!hasGcore)('an executable that is no Node, and a file that is no core, are one sentence', async () => {
  const ask = async (words: readonly string[]): Promise<{ stderr: string; code: number | null }> => {
    const { stderr, code } = await startLoopscope(['ps', ...words]).outcome;
    return { stderr, code };
  };
  const [noNode, noCore] = await Promise.all([
    ask(['--core', core, '--exe', '/bin/sh']),
    ask(['--core', process.execPath, '--exe', process.execPath]),
  ]);
  expect(noNode).toMatchObject({
    code: 6,
    stderr: expect.stringMatching(/^loopscope: \/bin\/sh is not Node.*--exe must be what was dumped\n$/),
  });
  expect(noCore).toMatchObject({
    code: 6,
    stderr: expect.stringMatching(/^loopscope: .* is no core dump of a 64-bit Linux process\n$/),
  });
});
