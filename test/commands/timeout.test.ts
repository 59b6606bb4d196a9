import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Report } from '../../src/report/format.ts';
import { loopscope, program } from '../support/cli.ts';

// Commands that start `node` find the one that runs the tests.
const path = { PATH: `${dirname(process.execPath)}:${process.env['PATH']}` };

// Each program has the time to start on a loaded machine; so that it is not spent one after the other, all run at once.
describe.concurrent('--timeout', () => {
  test('reports, ends the program and gives exit code 124', async () => {
    const words = ['run', '--format', 'json', '--timeout', '4.5s', '--', program('hang.ts')];
    const { stderr, code } = await loopscope(words);
    expect(code).toBe(124);
    const { reason, tasks } = JSON.parse(stderr.split('\n')[0] as string) as Report;
    expect([reason, tasks.length]).toEqual(['timeout', 1]);
    expect(stderr.split('\n').slice(1)).toEqual(['loopscope: the program was ended after 4.5 s (--timeout)', '']);
  });

  test('ends a program whose loop is blocked, and says what blocks it', async () => {
    const words = ['run', '--format', 'json', '--timeout', '4s', '--', program('hang.ts'), 'block'];
    const { stderr, code } = await loopscope(words);
    expect(code).toBe(124);
    const { reason, tasks, loop } = JSON.parse(stderr.split('\n')[0] as string) as Report;
    expect([reason, tasks.length]).toEqual(['timeout', 1]);
    expect(loop?.blocks).toMatchObject([{ kind: 'javascript', now: true, stack: [{ line: 23 }] }]);
  });

  test('names the function that awaits in an endless loop, also before the first turn', async () => {
    const code = `(async function poll() {
      for (;;) await null;
    })();`;
    const words = ['run', '--format', 'json', '--timeout', '4s', '--', 'node', '-e', code];
    const { stderr } = await loopscope(words, { env: path });
    const { loop } = JSON.parse(stderr.split('\n')[0] as string) as Report;
    expect(loop?.blocks).toMatchObject([{ kind: 'microtasks', now: true, stack: [{ function: 'poll', line: 2 }] }]);
  });

  test('ends a program whose loop is blocked, and says so if it has no watchdog', async () => {
    const words = ['run', '--no-watchdog', '--timeout', '4s', '--', program('hang.ts'), 'block'];
    const { stderr, code } = await loopscope(words);
    expect(code).toBe(124);
    expect(stderr).toMatch(/^loopscope: pid \d+ did not report within 1000 ms: its event loop is blocked$/m);
  });

  test('ends what ignores SIGTERM, be it Node or not', async () => {
    const words = 'trap "" TERM; sleep 60 & sleep 61';
    const code = `require('node:child_process').spawn('sh', ['-c', ${JSON.stringify(words)}], { stdio: 'inherit' })`;
    // The outcome is there when nobody has stdout open any more.
    const outcome = await loopscope(['run', '--timeout', '4s', '--', 'node', '-e', code], { env: path });
    expect(outcome.code).toBe(124);
  });

  test('does not ask a worker thread that was terminated while its loop was blocked', async () => {
    const code = `const { Worker } = require('node:worker_threads');
      const worker = new Worker('require("node:worker_threads").parentPort.postMessage(0); for (;;);', { eval: true });
      worker.once('message', () => void worker.terminate().then(() => console.log('terminated')));
      setInterval(() => {}, 1000);`;
    const outcome = await loopscope(['run', '--timeout', '4s', '--', 'node', '-e', code], { env: path });
    expect(outcome.stdout).toBe('terminated\n');
    expect(outcome.stderr).not.toContain('blocked');
  });

  test('does nothing to a program that ends before', async () => {
    const outcome = await loopscope(['run', '--timeout', '60s', '--', program('quiet.cjs')]);
    expect(outcome).toEqual({ stdout: 'done\n', stderr: '', code: 0, signal: null });
  });
});
