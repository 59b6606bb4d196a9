// `loopscope ps` on processes that nobody prepared. What is drawn is tested elsewhere; what is read, too.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AwaitReport } from '../../src/report/awaits.ts';
import type { ListedProcess } from '../../src/report/processes.ts';
import { loopscope, program, startLoopscope, type RunSetting } from '../support/cli.ts';
import { canBeNobody, idle, nobody, start, startTarget, works } from '../support/targets.ts';

const folder = mkdtempSync(join(tmpdir(), 'loopscope-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const { execPath } = process;
const hang = `const held = []; async function hang() { await new Promise((resolve) => held.push(resolve)); } hang(); ${idle}`;

let target: string;

beforeAll(async () => {
  target = String(await startTarget('combinators.mjs'));
});

function parse<Line>({ stdout }: { readonly stdout: string }): Line[] {
  return stdout
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

async function reports(...words: string[]): Promise<AwaitReport[]> {
  const outcome = await loopscope(['ps', '--json', ...words]);
  expect({ ...outcome, stdout: '' }).toEqual({ stdout: '', stderr: '', code: 0, signal: null });
  return parse<AwaitReport>(outcome);
}

function stateOf(pid: string): string | undefined {
  return /^State:\t(\S)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
}

describe.skipIf(process.platform !== 'linux')('a process', () => {
  test('is read from its memory, and named with all that was found, in a table', async () => {
    const outcome = await loopscope(['ps', target]);
    expect({ ...outcome, stdout: '' }).toEqual({ stdout: '', stderr: '', code: 0, signal: null });
    expect(outcome.stdout).toContain(`pid ${target}`);
    for (const name of ['reply', 'waitsForAll', 'main']) expect(outcome.stdout).toContain(name);
  });

  test('is one line as JSON, by --json and by --format json', async () => {
    const [report] = await reports(target);
    expect(report).toMatchObject({
      format: 'loopscope-awaits',
      process: { pid: Number(target), node: process.versions.node },
      reading: { via: 'memory', stoppedMs: 0, settlers: true },
    });
    expect(report?.functions).toHaveLength(19);
    const [same] = parse<AwaitReport>(await loopscope(['ps', '--format', 'json', target]));
    expect(same?.functions).toHaveLength(19);
  });

  test('is stopped only for --stop, and goes on afterwards', async () => {
    const [report] = await reports('--stop', '--no-settlers', target);
    expect(report?.reading).toMatchObject({ via: 'memory', settlers: false });
    expect(report?.reading.stoppedMs).toBeGreaterThan(0);
    expect(stateOf(target)).not.toBe('T');
  });

  test('is shown as far as filters let it', async () => {
    const { stdout } = await loopscope(['ps', '--function', 'waitsForAny', target]);
    expect(stdout).toContain('waitsForAny');
    expect(stdout).not.toContain('waitsForNested');
  });

  test('is read by an inspector that is open already, for --via inspector', async () => {
    const pid = await start(execPath, ['--inspect=127.0.0.1:0', '-e', hang]);
    const [report] = await reports('--via', 'inspector', String(pid));
    expect(report?.reading.via).toBe('probe');
    expect(report?.functions.map(({ name }) => name)).toEqual(['hang']);
  });

  test('is appended to a file, and to nothing else', async () => {
    const file = join(folder, 'reports');
    for (let look = 0; look < 2; look++) {
      expect(await loopscope(['ps', '--json', '--output', file, target])).toMatchObject({
        stdout: '',
        stderr: '',
        code: 0,
      });
    }
    expect(parse<AwaitReport>({ stdout: readFileSync(file, 'utf8') })).toHaveLength(2);
  });

  test('that cannot be read does not keep others from being read, and decides the exit code', async () => {
    const outcome = await loopscope(['ps', '--json', '99999999', target]);
    expect(parse<AwaitReport>(outcome).map(({ process: { pid } }) => pid)).toEqual([Number(target)]);
    expect(outcome.stderr).toMatch(/^loopscope: there is no process 99999999 here.*\n$/);
    expect(outcome.code).toBe(4);
  });

  test('that ends while it is watched ends the watch', async () => {
    const pid = await start(execPath, ['-e', hang]);
    const { outcome, printed } = startLoopscope(['ps', '--watch', '10ms', '--json', '--no-settlers', String(pid)]);
    await printed('\n');
    process.kill(pid, 'SIGKILL');
    expect(await outcome).toMatchObject({
      stderr: expect.stringMatching(new RegExp(`^loopscope: .*\\b${pid}\\b.*\n$`)),
      code: 4,
    });
  });

  test('is looked at again and again, until Ctrl-C', async () => {
    const { child, outcome, printed } = startLoopscope(['ps', '--watch', '10ms', '--json', '--no-settlers', target]);
    await printed('\n');
    await printed('\n{');
    expect(getPriority(child.pid)).toBe(5); // others go first
    child.kill('SIGINT');
    const { stdout, ...rest } = await outcome;
    expect(rest).toEqual({ stderr: '', code: 0, signal: null });
    expect(stdout.split('\n').length).toBeGreaterThan(2);
  });

  test('may be too long for a reader that goes away', async () => {
    const { child, outcome } = startLoopscope(['ps', '--json', target]);
    child.stdout?.destroy();
    expect(await outcome).toMatchObject({ stderr: '', code: 0 });
  });
});

describe.skipIf(process.platform !== 'linux')('the list of processes', () => {
  async function list(setting: RunSetting = {}): Promise<ListedProcess[]> {
    return parse<ListedProcess>(await loopscope(['ps', '--json'], setting));
  }

  test('has what is Node, with what is known of it, and not the one that lists', async () => {
    const outcome = startLoopscope(['ps', '--json']);
    const { stdout } = await outcome.outcome;
    const found = parse<ListedProcess>({ stdout });
    expect(found.find(({ pid }) => pid === Number(target))).toEqual({
      format: 'loopscope-process',
      version: 1,
      pid: Number(target),
      innerPid: expect.any(Number),
      user: { id: process.getuid?.(), name: expect.any(String) },
      node: process.versions.node,
      uptimeMs: expect.any(Number),
      busy: expect.any(Number),
      residentBytes: expect.any(Number),
      command: expect.stringMatching(/combinators\.mjs$/),
      refusal: null,
    });
    expect(found.map(({ pid }) => pid)).not.toContain(outcome.child.pid);
    expect(found.map(({ pid }) => pid)).not.toContain(1);
  });

  test('is a table for people', async () => {
    const { stdout, stderr, code } = await loopscope(['ps']);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(stdout).toMatch(/^ *PID .*\bNODE +UP +CPU +MEMORY +READ +COMMAND\n/);
    expect(stdout).toMatch(new RegExp(`^ *${target}( \\(\\d+\\))? .* yes .*`, 'm'));
  });

  test.skipIf(!canBeNobody)('says what of it may not be read, and why', async () => {
    const own = await start(execPath, ['-e', idle], nobody);
    const found = await list({ user: nobody });
    expect(found.find(({ pid }) => pid === own)?.refusal).toBeNull();
    expect(found.find(({ pid }) => pid === Number(target))).toMatchObject({
      user: { id: 0, name: 'root' },
      refusal: { brief: 'user root' },
    });
  });

  test.skipIf(!canBeNobody)('is read as a whole with --all, as far as it is this user’s', async () => {
    const own = [await start(execPath, ['-e', hang], nobody), await start(execPath, ['-e', hang], nobody)];
    const outcome = await loopscope(['ps', '--all', '--json', '--no-settlers', '--function', 'hang'], { user: nobody });
    const read = parse<AwaitReport>(outcome).map((report) => report.process.pid);
    expect(read).toEqual(expect.arrayContaining(own));
    expect(read).not.toContain(Number(target));
    expect(outcome.stderr).toBe('');
  });
});

// Root in a container may not read the processes of other users.
const drop = ['--inh-caps=-sys_ptrace', '--bounding-set=-sys_ptrace'];
test.skipIf(!canBeNobody || !works('setpriv', ...drop, 'true'))(
  'root that may not read others is told to be them, or to ask for the right',
  async () => {
    const pid = await start(execPath, ['-e', idle], nobody);
    const words = [...drop, execPath, program('../../dist/src/cli.js'), 'ps', String(pid)];
    const { stderr, status } = spawnSync('setpriv', words, { encoding: 'utf8' });
    expect(stderr).toMatch(
      new RegExp(`^loopscope: .*docker exec --user ${nobody}:${nobody}.*--cap-add SYS_PTRACE.*\n$`),
    );
    expect(status).toBe(5);
  },
);

test.skipIf(!works('unshare', '--mount', 'mount', '-t', 'tmpfs', 'none', folder))(
  'the sources of a process in a container are found in its files',
  async () => {
    const [outside, inside] = [join(folder, 'outside'), join(folder, 'inside')];
    mkdirSync(outside);
    mkdirSync(inside);
    writeFileSync(join(outside, 'app.js'), `${hang}\n//# sourceMappingURL=app.js.map\n`);
    const map = { version: 3, names: [], sources: ['app.ts'], mappings: 'AASA' };
    writeFileSync(join(outside, 'app.js.map'), JSON.stringify(map));
    const shell = `mount --bind ${outside} ${inside} && exec '${execPath}' ${inside}/app.js`;
    const pid = await start('unshare', ['--mount', 'sh', '-c', shell]);
    expect((await reports('--no-settlers', String(pid)))[0]?.functions.map(({ name, at }) => ({ name, at }))).toEqual([
      { name: 'hang', at: expect.objectContaining({ file: join(inside, 'app.ts'), line: 10 }) },
    ]);
  },
);
