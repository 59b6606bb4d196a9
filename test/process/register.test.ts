import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Report } from '../../src/report/format.ts';
import { loopscope, program, register, startNode } from '../support/cli.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'loopscope-copy-'));

// A second copy of the package, as when the command is installed globally and the program has its own.
beforeAll(() => {
  cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true });
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('a second copy of the hook is ignored, in one line that says which', async () => {
  const second = join(folder, 'dist/src/register.js');
  const { stderr, stdout } = await startNode(['--import', register, '--import', second, program('quiet.cjs')]).outcome;
  expect({ stdout, stderr }).toEqual({
    stdout: 'done\n',
    stderr: `loopscope: loopscope/register is loaded a second time, from ${join(folder, 'dist/src/process')}: ignored\n`,
  });
});

test('the tasks of a program with its own copy of loopscope are in the report of the copy that runs it', async () => {
  cpSync(program('hang.ts'), join(folder, 'hang.ts'));
  const words = ['run', '--format', 'json', '--', join(folder, 'hang.ts'), 'end'];
  const { stderr } = await loopscope(words);
  const { tasks, resources } = JSON.parse(stderr) as Report;
  expect(tasks.map(({ name, waits }) => [name, waits[0]?.on?.name])).toEqual([['handler', 'db']]);
  expect(resources.map(({ holders }) => holders[0]?.task.name)).toEqual(['(main)']);
  expect(tasks[0]?.createdAt?.file).toBe(join(folder, 'hang.ts'));
});
