// The loop meter against the clock of the program whose loop it is, on plain node.
import { expect, test } from 'vitest';
import { runProgram } from '../support/run-program.ts';

interface Delay {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly utilization: number;
}

interface Measurement {
  readonly truth: Delay;
  readonly measured: Delay;
  readonly observedMs: number;
  /** Time in which the thread neither ran the program nor was idle: without a processor, or collecting garbage. */
  readonly otherMs: number;
  readonly turns: number;
}

async function measure(pattern: string, forMs = 1200): Promise<Measurement> {
  // without the steps of a garbage collection that loading the modules begins: each is a turn
  const flags = ['--no-incremental-marking'];
  const { stdout, stderr, code } = await runProgram('loop-delay.ts', { flags, args: [pattern, String(forMs)] });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Measurement;
}

/** How much each number is off, beyond what the program itself could not see of its turns. */
function errors({ truth, measured, otherMs }: Measurement): Record<string, number> {
  return Object.fromEntries(
    (['p50Ms', 'p99Ms', 'maxMs'] as const).map((name) => [
      name,
      Math.max(0, Math.abs(measured[name] - truth[name]) - otherMs),
    ]),
  );
}

test.each([
  ['idle', 0.05],
  ['blocks', 0.05],
  ['constant', 0.05],
  ['one long', 0.05],
  ['fast', 0.1], // turns faster than 5,000 a second are sampled
  ['fast, with blocks', 0.1],
])('delay is the truth within 1 ms or a few percent: %s', async (pattern, share) => {
  const measurement = await measure(pattern);
  const { truth } = measurement;
  const off = errors(measurement);
  for (const name of ['p50Ms', 'p99Ms', 'maxMs'] as const) {
    expect(off[name], `${name} of ${JSON.stringify(measurement)}`).toBeLessThanOrEqual(
      Math.max(1, truth[name] * share),
    );
  }
});

test('utilization is the share of the time in which the loop is busy', async () => {
  const { truth, measured, otherMs, observedMs } = await measure('blocks');
  expect(Math.abs(measured.utilization - truth.utilization)).toBeLessThan(0.02 + otherMs / observedMs);
});

test('an idle loop is left alone: it turns for its own timers and nothing else', async () => {
  const { turns } = await measure('idle', 1000);
  expect(turns).toBeLessThanOrEqual(3);
});

test(
  'idle time that Node loses when a child process ends is idle',
  { skip: process.platform !== 'linux' },
  async () => {
    const { measured, otherMs } = await measure('a child ends', 1500);
    expect(measured.maxMs).toBeLessThan(200 + otherMs);
    expect(measured.utilization).toBeLessThan(0.3 + otherMs / 1500);
  },
);

test('a program that measures its loop and has nothing else to do ends', async () => {
  const { code, stdout } = await runProgram('loop-measured.ts');
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'nothing yet: 0\nfrozen: true\nstopped: true\n' });
});

test('the time in which reports are taken is left out', async () => {
  const { stdout } = await runProgram('loop-own-time.ts');
  const { observedMs, maxMs, utilization } = JSON.parse(stdout) as Delay & { observedMs: number };
  expect(observedMs).toBeLessThan(600); // 200 of its own, and 800 of reports
  expect(maxMs).toBeLessThan(200);
  expect(utilization).toBeLessThan(0.7);
});
