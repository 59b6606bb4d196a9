// Whether a process looked at from outside is in its loop. Real processes, as the system's words for them are its own.
import { expect, test } from 'vitest';
import { watchMainThread } from '../../../src/heap/process/main-thread.ts';
import { start, works } from '../../support/targets.ts';

const ready = "require('node:fs').writeSync(1, 'READY\\n');";

test.runIf(process.platform === 'linux' && works('test', '-r', '/proc/self/task'))(
  'a main thread that computes, or sleeps in a synchronous call, is said to, and one that rests in its loop is not',
  async () => {
    const programs = [
      `${ready} setInterval(() => {}, 1000);`,
      `${ready} for (;;);`,
      `${ready} Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);`,
    ];
    const pids = await Promise.all(programs.map((code) => start(process.execPath, ['-e', code])));
    const said: (string | null)[] = [];
    for (const pid of pids) {
      let now: string | null = null;
      // What it says of a moment between two may be nothing: a thread that has just printed is not yet where it stays.
      for (let look = 0; look < 20 && now === null; look++) now = await watchMainThread(pid)();
      said.push(now);
    }
    expect(said).toEqual([
      null,
      expect.stringMatching(/^The main thread computed without a rest .* --via inspector says by which\.$/),
      expect.stringMatching(/^The main thread is not in its loop: it sleeps in a synchronous call \(futex\w* in the/),
    ]);
  },
);
