// What a program can notice of `loopscope run`: nothing. Each is run bare and under it, and must end the same.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { loopscope, program, startNode } from '../support/cli.ts';

const path = { PATH: `${dirname(process.execPath)}:${process.env['PATH']}` };
const folder = mkdtempSync(join(tmpdir(), 'loopscope-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** As signal-exit ends a program: only if nobody else listens. */
function endsIfAlone(signal: string): string {
  return `
    const end = () => {
      console.log('listeners', process.listenerCount('${signal}'));
      if (process.listenerCount('${signal}') > 1) process.exit(9);
      process.off('${signal}', end);
      process.kill(process.pid, '${signal}');
    };
    process.on('${signal}', end);
    setTimeout(() => {}, 2000);
    setTimeout(() => process.kill(process.pid, '${signal}'), 10);`;
}

describe('a program is as without loopscope', () => {
  test.each([
    [
      'if it has ten listeners for each event',
      `for (const name of ['exit', 'SIGINT', 'SIGTERM', 'SIGUSR2', 'beforeExit'])
         for (let count = 0; count < 10; count++) process.on(name, () => {});`,
    ],
    ['if it ends by SIGTERM where nobody else listens for that', endsIfAlone('SIGTERM')],
    ['if it ends by SIGINT where nobody else listens for that', endsIfAlone('SIGINT')],
    [
      'if it listens for SIGINT once, closes what is open, and sends it to itself again',
      `const server = require('node:net').createServer().listen(0, () => process.kill(process.pid, 'SIGINT'));
       process.once('SIGINT', () => server.close(() => process.kill(process.pid, 'SIGINT')));`,
    ],
    [
      'if it takes all listeners off',
      "for (const name of ['exit', 'SIGTERM']) process.removeAllListeners(name); process.kill(process.pid, 'SIGTERM');",
    ],
    [
      'if it is CommonJS: its order of ticks and promises, and its module',
      `Promise.resolve().then(() => console.log('promise'));
       process.nextTick(() => console.log('tick'));
       console.log(module.parent, module.id, require.main === module, Object.keys(process).length);`,
    ],
    ['if it changes its exit code in the end', "process.on('exit', () => { process.exitCode = 4; });"],
    [
      'if it removes the folder of the run',
      `const fs = require('node:fs'), folder = process.env.LOOPSCOPE_RUN_DIRECTORY;
       if (folder) fs.rmSync(folder, { recursive: true });`,
    ],
    [
      'if it can no longer write to the folder of the run',
      `const fs = require('node:fs'), folder = process.env.LOOPSCOPE_RUN_DIRECTORY;
       if (folder) { fs.rmSync(folder, { recursive: true }); fs.writeFileSync(folder, ''); }`,
    ],
    ['if it throws', "throw new Error('thrown')"],
    ['if it dies by a rejection', "Promise.reject(new Error('rejected'))"],
  ])('%s', async (name, code) => {
    const file = join(folder, `${name.replaceAll(/\W+/g, '-')}.cjs`);
    writeFileSync(file, code);
    const bare = await startNode([file], { env: path }).outcome;
    expect(await loopscope(['run', '--', 'node', file], { env: path })).toEqual(bare);
  });

  test('if it is a script that says how Node is to run it', async () => {
    const file = join(folder, 'script');
    writeFileSync(file, '#!/usr/bin/env -S node --expose-gc\nconsole.log(typeof gc);\n');
    chmodSync(file, 0o755);
    expect((await loopscope(['run', file], { env: path })).stdout).toBe('function\n');
  });

  test('if it is a script for an interpreter below a folder named node', async () => {
    const file = join(folder, 'other');
    const shell = join(folder, 'node-shell');
    writeFileSync(shell, '#!/bin/sh\necho other\n');
    writeFileSync(file, `#!${shell}\nthis is not JavaScript\n`);
    for (const each of [shell, file]) chmodSync(each, 0o755);
    expect((await loopscope(['run', file], { env: path })).stdout).toBe('other\n');
  });

  test('if it dies by a signal that Node ignores', async () => {
    expect(await loopscope(['run', '--', 'sh', '-c', 'kill -PIPE $$'])).toMatchObject({ stderr: '', code: 141 });
  });
});

test('a process that outlives its run says nothing of it', async () => {
  const preload = fileURLToPath(new URL('../../dist/src/preload.cjs', import.meta.url));
  const outcome = await startNode(['--require', preload, program('hang.ts'), 'end'], {
    env: { LOOPSCOPE_RUN_DIRECTORY: join(folder, 'removed') },
  }).outcome;
  expect(outcome).toEqual({ stdout: 'ready\n', stderr: '', code: 0, signal: null });
});
