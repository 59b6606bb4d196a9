import { afterEach, expect, test } from 'vitest';
import { setTimeout as nap } from 'node:timers/promises';
import { ArgumentError, compare, currentTask, measure, type Measurement } from '../../src/index.ts';
import { runProgram } from '../support/run-program.ts';
import { expectNothingLeft, rejection } from '../support/turn.ts';

afterEach(expectNothingLeft);

test('waiting is told from work on the loop', async () => {
  const { stdout, stderr } = await runProgram('measure.mjs');
  const { waits, works } = JSON.parse(stdout || stderr) as Record<'waits' | 'works', Measurement<unknown>>;
  expect({
    waits: [waits.wallMs >= 199, waits.waitingMs > 100, waits.syncMs < 100],
    works: [works.wallMs >= 200, works.onLoopMs >= 199, works.syncMs >= 99, works.cpuMs > 5],
  }).toEqual({ waits: [true, true, true], works: [true, true, true, true] });
});

test('the parts are the whole, and the value is handed on', async () => {
  const { wallMs, onLoopMs, waitingMs, cpuMs, value, name } = await measure(async function load() {
    await nap(5);
    return currentTask()?.origin.name;
  });
  expect([Math.abs(wallMs - onLoopMs - waitingMs) < 1e-6, cpuMs >= 0, value, name]).toEqual([
    true,
    true,
    'load',
    'load',
  ]);
});

test('a function that fails is not measured: its failure is passed on', async () => {
  expect(
    await rejection(
      measure(() => {
        throw new Error('no');
      }),
    ),
  ).toEqual(new Error('no'));
});

test('candidates are compared side by side, the quickest first, each going first as often', async () => {
  const order: string[] = [];
  const rows = await compare(
    {
      slow: async () => {
        order.push('slow');
        await nap(40);
      },
      quick: () => void order.push('quick'),
    },
    { runs: 3, warmUp: 1 },
  );
  expect([rows.map(({ name }) => name), rows[0]?.ratio, (rows[1]?.ratio ?? 0) > 1, order.join(' ')]).toEqual([
    ['quick', 'slow'],
    1,
    true,
    'quick slow slow quick quick slow slow quick',
  ]);
});

test.for([
  [() => measure(5 as never), 'the function to measure must be a function, got 5'],
  [() => compare({}), 'compare needs at least one function'],
  [() => compare({ a: 5 as never }), 'a must be a function, got 5'],
  [() => compare({ a: () => 1 }, { runs: Infinity }), 'runs and warmUp must be finite'],
] as const)('%s is refused: %s', async ([call, message]) => {
  expect(await rejection(call())).toEqual(new ArgumentError(message));
});
