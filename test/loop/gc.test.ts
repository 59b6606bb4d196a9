import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { observeGc } from '../../src/loop/gc.ts';
import { turn } from '../support/turn.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

test('collections are counted by kind, with the time they took', async () => {
  const pauses: number[] = [];
  const observer = observeGc((since, durationMs) => {
    expect(since + durationMs).toBeLessThanOrEqual(performance.now());
    pauses.push(durationMs);
  });
  const { count } = observer.statistics();
  collect();
  while (observer.statistics().kinds.major === undefined) await turn();
  const { kinds, ...all } = observer.statistics();
  observer.stop();
  const each = Object.values(kinds);
  expect(all.count).toBeGreaterThan(count);
  expect(all.count).toBe(each.reduce((sum, kind) => sum + kind.count, 0));
  expect(all.totalMs).toBeCloseTo(
    pauses.reduce((sum, pause) => sum + pause, 0),
    6,
  );
  expect(all.maxMs).toBe(Math.max(...pauses));
  expect(kinds.major?.maxMs).toBeGreaterThan(0);
});
