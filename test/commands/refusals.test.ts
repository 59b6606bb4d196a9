// What ps and tree say where they cannot read, on stderr and by their exit code. Nothing here is read.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loopscope, type Outcome } from '../support/cli.ts';
import { canBeNobody, childOf, idle, nobody, start, works } from '../support/targets.ts';

const folder = mkdtempSync(join(tmpdir(), 'loopscope-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const { execPath } = process;
const self = String.raw`\S+ \S+/cli\.js`;

/** One line on stderr that begins so, and nothing else. */
function refused(code: number, start: string): Outcome {
  return { stdout: '', stderr: expect.stringMatching(new RegExp(`^loopscope: ${start}.*\n$`)), code, signal: null };
}

test('a mistake on the command line ends with exit code 2', async () => {
  expect(await loopscope(['ps', 'abc'])).toEqual(refused(2, 'a pid is a number such as 4242, not "abc"; loopscope ps'));
});

describe.skipIf(process.platform !== 'linux')('what is no Node process ends with exit code 4:', () => {
  test('a pid that nobody has', async () => {
    expect(await loopscope(['ps', '99999999'])).toEqual(refused(4, String.raw`there is no process 99999999 here \(`));
  });

  test('a shell, with the Node process below it', async () => {
    const shell = await start('/bin/sh', ['-c', `'${execPath}' -e "${idle}"; true`]);
    const node = childOf(shell);
    expect(await loopscope(['tree', String(shell)])).toEqual(
      refused(4, `process ${shell} \\(\\w+\\) is not Node; below it runs Node: \`${self} tree ${node}\``),
    );
    process.kill(node, 'SIGKILL');
  });

  test('a thread', async () => {
    const pid = await start(execPath, ['-e', idle]);
    const thread = readdirSync(`/proc/${pid}/task`)[1];
    expect(await loopscope(['ps', String(thread)])).toEqual(
      refused(4, `${thread} is a thread of process ${pid}: run \`${self} ps ${pid}\``),
    );
  });

  test('a zombie', async () => {
    // The shell becomes sleep, which never asks for a child that it does not know of. The child ends when it has.
    const child = 'while read name < /proc/$$/comm && [ $name != sleep ]; do :; done';
    const parent = spawn('/bin/sh', ['-c', `(${child}) & echo $!; exec sleep 60`], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const zombie = Number(String((await once(parent.stdout, 'data'))[0]));
    await expect
      .poll(() => works('grep', '-q', '^State:\\s*Z', `/proc/${zombie}/status`), { timeout: 10_000 })
      .toBe(true);
    expect(await loopscope(['ps', String(zombie)])).toEqual(refused(4, `process ${zombie} has ended: it is a zombie`));
    parent.kill('SIGKILL');
  });

  test.skipIf(!works('unshare', '--fork', '--pid', '--mount-proc', 'true'))(
    'the pid that a process has in its container, which leads to its pid here',
    async () => {
      const inner = Number(readFileSync('/proc/sys/kernel/pid_max', 'utf8')) - 3;
      const shell = `echo ${inner - 1} > /proc/sys/kernel/ns_last_pid; '${execPath}' -e "${idle}"; true`;
      const node = childOf(
        childOf(await start('unshare', ['--fork', '--pid', '--mount-proc', '/bin/sh', '-c', shell])),
      );
      const { stdout } = await loopscope(['ps', '--json']);
      const entries = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { pid: number; innerPid: number });
      expect(entries).toContainEqual(expect.objectContaining({ pid: node, innerPid: inner }));
      expect(await loopscope(['ps', String(inner)])).toEqual(
        refused(4, `there is no process ${inner} here, but process ${node} has this pid in its container: `),
      );
      process.kill(node, 'SIGKILL');
    },
  );
});

describe.skipIf(!canBeNobody)('what the system does not permit ends with exit code 5:', () => {
  test('a process of another user', async () => {
    const pid = await start(execPath, ['-e', idle]);
    const { stderr, ...rest } = await loopscope(['ps', String(pid)], { user: nobody });
    expect(rest).toEqual({ stdout: '', code: 5, signal: null });
    expect(stderr.replace(/`sudo \S+ \S+cli\.js/, '`sudo loopscope')).toBe(
      `loopscope: process ${pid} belongs to user root (0) and you are user nobody (${nobody}): run \`sudo loopscope ps ${pid}\`\n`,
    );
  });

  test('a process of this user that was of another', async () => {
    const pid = await start(execPath, ['-e', `process.setgid(${nobody}); process.setuid(${nobody}); ${idle}`]);
    expect(await loopscope(['ps', String(pid)], { user: nobody })).toEqual(
      refused(5, `process ${pid} is protected by the system, because it changed its user`),
    );
  });
});

describe('what cannot be read ends with exit code 6:', () => {
  test('a core dump that is none', async () => {
    const file = join(folder, 'core');
    writeFileSync(file, 'text');
    expect(await loopscope(['ps', '--core', file, '--exe', execPath])).toEqual(refused(6, ''));
  });
});
