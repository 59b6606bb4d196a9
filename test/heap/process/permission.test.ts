import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { explainRefusal, refusalOf, type Refusal } from '../../../src/heap/process/permission.ts';

const folder = mkdtempSync(join(tmpdir(), 'loopscope-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const me = process.getuid?.() ?? 0;
const ptrace = '0000000000080000';

interface Setting {
  readonly self?: { readonly user?: number; readonly group?: number; readonly capabilities?: string };
  readonly target?: { readonly user?: string; readonly group?: string; readonly capabilities?: string };
  readonly scope?: number;
}

let count = 0;

/** Why process 42 would be refused on a system that says this of itself. */
function explain({ self = {}, target = {}, scope }: Setting): Refusal {
  const root = join(folder, String(++count));
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  const status = (pid: number, user: string, group: string, capabilities: string): string =>
    `Name:\tnode\nState:\tS (sleeping)\nTgid:\t${pid}\nPid:\t${pid}\nPPid:\t1\nUid:\t${user}\nGid:\t${group}\n` +
    `CapPrm:\t${capabilities}\nCapEff:\t${capabilities}\n`;
  const four = (id: number): string => `${id}\t${id}\t${id}\t${id}`;
  const { user = me, group = 100, capabilities = '0' } = self;
  write('proc/self/status', status(7, four(user), four(group), capabilities));
  write('proc/42/status', status(42, target.user ?? four(me), target.group ?? four(100), target.capabilities ?? '0'));
  write('proc/42/mem', '');
  write(
    'etc/passwd',
    'root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\nbob:x:1001:100::/home/bob:/bin/sh\n',
  );
  if (scope !== undefined) write('proc/sys/kernel/yama/ptrace_scope', `${scope}\n`);
  return explainRefusal(42, { command: 'loopscope ps 42', root });
}

describe('a process that may not be read is explained:', () => {
  test('it belongs to another user', () => {
    expect(explain({ self: { user: 1001 }, target: { user: '1000\t1000\t1000\t1000' } })).toEqual({
      brief: 'user node',
      sentence: 'process 42 belongs to user node (1000) and you are user bob (1001): run `sudo loopscope ps 42`',
    });
  });

  test('only one of its ids is of another user, who has no name', () => {
    const { brief, sentence } = explain({ self: { user: 1001 }, target: { user: '1001\t4711\t1001\t4711' } });
    expect(brief).toBe('user 4711');
    expect(sentence).toContain('belongs to user 4711 and you are user bob (1001)');
  });

  test('root in a container has no right to read those of other users', () => {
    expect(explain({ self: { user: 0 }, target: { user: '1000\t1000\t1000\t1000', group: '50\t50\t50\t50' } })).toEqual(
      {
        brief: 'user node',
        sentence:
          'process 42 belongs to user node (1000), and root may not read it without the capability SYS_PTRACE, as in a ' +
          'container: run `loopscope ps 42` as that user (`docker exec --user 1000:50`), or start the container with ' +
          '`--cap-add SYS_PTRACE`',
      },
    );
  });

  test('it runs with another group', () => {
    const { brief, sentence } = explain({
      self: { user: 1001 },
      target: { user: '1001\t1001\t1001\t1001', group: '5\t5\t5\t5' },
    });
    expect([brief, sentence]).toEqual([
      'other group',
      'process 42 runs with the group 5 and you with 100: run `sudo loopscope ps 42`',
    ]);
  });

  test('it is protected: its files belong to somebody else than itself', () => {
    const user = me + 1;
    const { brief, sentence } = explain({ self: { user }, target: { user: `${user}\t${user}\t${user}\t${user}` } });
    expect([brief, sentence]).toEqual([
      'protected',
      'process 42 is protected by the system, because it changed its user or its executable has rights of its own: run ' +
        '`sudo loopscope ps 42`',
    ]);
  });

  test('it has capabilities that we have not', () => {
    expect(explain({ target: { capabilities: '0000000000000400' } })).toMatchObject({
      brief: 'has more rights',
      sentence: expect.stringMatching(/^process 42 has capabilities that you have not: /),
    });
  });

  test.each([
    [1, 'so that only root and its parents may read process 42: '],
    [2, 'so that only root may read a process: '],
    [3, 'so that no process may be read until the machine starts anew: try `loopscope ps 42 --via inspector`'],
  ])('kernel.yama.ptrace_scope is %i', (scope, sentence) => {
    expect(explain({ scope })).toEqual({
      brief: `ptrace_scope ${scope}`,
      sentence: expect.stringContaining(`kernel.yama.ptrace_scope is ${scope}, ${sentence}`),
    });
  });

  test('kernel.yama.ptrace_scope is 3, which binds who may read all others, too', () => {
    const capabilities = ptrace;
    expect(explain({ self: { user: 0, capabilities }, target: { user: '1\t1\t1\t1' }, scope: 3 }).brief).toBe(
      'ptrace_scope 3',
    );
  });

  test.each([
    ['without Yama', {}],
    ['with Yama off', { scope: 0 }],
    [
      'with the right to read all',
      { self: { user: 0, capabilities: ptrace }, target: { user: '1\t1\t1\t1' }, scope: 2 },
    ],
  ])('%s it must be something that cannot be seen', (_, setting) => {
    expect(explain(setting)).toEqual({
      brief: 'refused',
      sentence: expect.stringContaining('a security module (SELinux, AppArmor) or a sandbox forbids it'),
    });
  });
});

test('what may be read, and what is not there, is no refusal', () => {
  expect(refusalOf(process.pid, { command: '' })).toBeNull();
  expect(refusalOf(2 ** 30, { command: '' })).toBeNull();
});
