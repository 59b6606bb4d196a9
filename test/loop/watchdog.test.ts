import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { program, startNode, type Outcome, type RunSetting } from '../support/cli.ts';
import { compareBlocks } from './blocks.ts';

const long = process.env['LOOPSCOPE_LONG'] !== undefined;

/** Runs the program that is watched and does one thing. */
function once(words: readonly string[], flags: readonly string[] = [], setting: RunSetting = {}): Promise<Outcome> {
  return startNode([...flags, program('blocks/once.mjs'), ...words], setting).outcome;
}

const quiet = { stdout: '', stderr: '', code: 0, signal: null };

// A neighbour may have the processor at the only moment at which a short block could be looked at: then it is tried again.
const patient = { retry: 2 };

describe.concurrent('a block is reported once, with its kind, function and line, and its task', patient, () => {
  test('if the program works, or Node and the system do for it', async () => {
    const { reported, expected } = await compareBlocks(50, [
      'loop:150',
      'sort:200',
      'parse:200',
      'command:250',
      'derive:200',
      'wait:150',
      'read:200',
    ]);
    expect(reported).toEqual(expected);
  });

  test('if a match backtracks, a text is made, or promise callbacks and ticks beget others', async () => {
    const { reported, expected } = await compareBlocks(50, [
      'match:150',
      'storm:400',
      'compress:200',
      'replace:150',
      'ticks:300',
      'stringify:200',
    ]);
    expect(reported).toEqual(expected);
  });

  // Takes a minute: only with LOOPSCOPE_LONG.
  test.each(long ? [[60, 400, 3000]] : [])(
    'in thirty ways, from %d to %d and %d ms',
    { timeout: 240_000 },
    async (...lengths) => {
      const kinds = ['loop', 'sort', 'match', 'replace', 'command', 'read', 'derive', 'compress', 'storm'];
      const blocks = lengths.flatMap((milliseconds) => kinds.map((kind) => `${kind}:${milliseconds}`));
      // A text that takes 3 s to parse would be longer than a text can be.
      blocks.push('parse:60', 'parse:400', 'parse:1000');
      const { reported, expected } = await compareBlocks(30, blocks, { limitMs: 240_000 });
      expect(reported).toEqual(expected);
    },
  );
});

describe.concurrent('no block is invented', () => {
  test(`in a server under full load, for ${long ? 60 : 3} s`, { timeout: 120_000 }, async () => {
    const outcome = await once(['serve', long ? '60000' : '3000'], [], { limitMs: 100_000 });
    expect(outcome).toEqual({ ...quiet, stdout: 'served: true\n' });
  });

  test('if the process is stopped for a while', async () => {
    const { child, outcome, printed } = startNode([program('blocks/once.mjs'), 'wait']);
    await printed('waiting');
    child.kill('SIGSTOP');
    await expect.poll(() => stateOf(child.pid as number)).toBe('T');
    spawnSync('sleep', ['0.7']); // what is measured is for how long it is stopped
    child.kill('SIGCONT');
    child.kill('SIGTERM');
    expect(await outcome).toEqual({ ...quiet, stdout: 'waiting\n' });
  });

  test('if it stands at a breakpoint', async () => {
    const { outcome, printed, child } = startNode(['--inspect=0', program('blocks/once.mjs'), 'wait']);
    let listening = '';
    child.stderr?.on('data', (text: string) => (listening += text));
    await printed('waiting');
    const url = /ws:\/\/\S+/.exec(listening)?.[0] ?? '';
    await pauseFor(700, url);
    child.kill('SIGTERM');
    const { stdout, code } = await outcome;
    expect({ stdout, code }).toEqual({ stdout: 'waiting\n', code: 0 });
  });
});

describe.concurrent('the program is not disturbed', () => {
  test('if it computes while it is looked at a thousand times a second', async () => {
    const { outcome } = startNode([program('blocks/fuzz.mjs'), long ? '30000' : '2500'], { limitMs: 60_000 });
    expect(await outcome).toEqual({ ...quiet, stdout: '{"enough":true,"differences":[]}\n' });
  });

  test('if it ends right after a block, which is reported: nothing waits for the inspector', async () => {
    expect(await once(['end in a block'])).toEqual({
      ...quiet,
      stdout: 'blocked: native call, execSync, undefined, true\n',
    });
  });

  test('if it uses the inspector and the profiler itself', async () => {
    const { stdout, stderr, code } = await once(['inspect itself']);
    expect(stdout).toMatch(/^itself: 42, true, 0$/m);
    expect(stdout).toMatch(/^blocked: javascript, (busy|worked), work, true$/m);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  });

  test('if its inspector is open: blocks in which it works are reported', async () => {
    const { stdout, stderr } = await once(['be busy'], ['--inspect=0']);
    expect(stdout).toMatch(/^blocked: javascript, (busy|worked), work, true$/m);
    expect(stderr).not.toMatch(/attached|disconnect|loopscope/);
  });

  test('without the permission to use the inspector: blocks are reported without their culprits', async () => {
    const { stdout, stderr, code } = await once(['be busy'], ['--permission', '--allow-fs-read=*']);
    expect({ stdout, code }).toEqual({ stdout: 'blocked: unknown, undefined, undefined, true\n', code: 0 });
    expect(stderr.split('\n').filter((line) => line.startsWith('loopscope'))).toEqual([
      'loopscope: what blocks the event loop cannot be told: --permission is given, and not --allow-inspector',
    ]);
  });

  test('if it stops watching, nothing keeps it', async () => {
    expect(await once(['nothing'])).toEqual(quiet);
  });
});

/** `T` for a process that is stopped. */
function stateOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.charAt(stat.lastIndexOf(')') + 2);
}

/** Pauses a program by its inspector, as a debugger does. */
async function pauseFor(milliseconds: number, url: string): Promise<void> {
  const socket = new WebSocket(url);
  const heard = (what: string): Promise<void> =>
    new Promise((resolve) => {
      socket.addEventListener('message', ({ data }) => {
        if (String(data).includes(what)) resolve();
      });
    });
  await new Promise((resolve) => {
    socket.addEventListener('open', resolve);
  });
  const send = (id: number, method: string): void => socket.send(JSON.stringify({ id, method }));
  const paused = heard('"Debugger.paused"');
  send(1, 'Debugger.enable');
  send(2, 'Debugger.pause');
  // It comes to a statement when a timer of the program's, or one of ours, is due.
  await paused;
  await new Promise((resolve) => {
    setTimeout(resolve, milliseconds); // what is measured is for how long it stands
  });
  const resumed = heard('"Debugger.resumed"');
  send(3, 'Debugger.resume');
  await resumed;
  socket.close();
}
