import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, expect, test } from 'vitest';
import { keepPromises, type KeepOptions, type KeptPromises } from '../../src/process/kept-promises.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

let kept: KeptPromises;
afterEach(() => kept.stop());

/** So many promises that nobody can settle, and what says how many of them are there after a collection. */
function abandon(count: number): () => Promise<number> {
  const all = Array.from({ length: count }, () => new WeakRef(new Promise(() => {})));
  return async () => {
    await new Promise((resolve) => setTimeout(resolve, 1)); // a WeakRef holds what it gave until the turn is over
    collectGarbage();
    return all.filter((each) => each.deref() !== undefined).length;
  };
}

function keep(options?: KeepOptions): void {
  kept = keepPromises(options);
  kept.want(true);
}

test('what nobody can settle is held while that is wanted', async () => {
  keep();
  const left = abandon(10);
  expect(await left()).toBe(10);
  kept.want(false);
  expect(await left()).toBe(0);
});

test('what is made before it is wanted, and after it was stopped, is not held', async () => {
  kept = keepPromises();
  const before = abandon(10);
  kept.want(true);
  kept.stop();
  const after = abandon(10);
  expect([await before(), await after()]).toEqual([0, 0]);
});

test('what has settled is not held', async () => {
  keep();
  const settled = new WeakRef(new Promise<void>((resolve) => setTimeout(resolve, 1)));
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await abandon(0)()).toBe(0);
  expect(settled.deref()).toBe(undefined);
});

test('no more than so many are held', async () => {
  keep({ mostKept: 5 });
  expect(await abandon(20)()).toBeLessThanOrEqual(5);
});

test('after so many none is', async () => {
  keep({ mostMade: 1000 });
  const early = abandon(10);
  expect(await early()).toBe(10);
  const late = abandon(1000);
  expect([await early(), await late()]).toEqual([0, 0]);
});
