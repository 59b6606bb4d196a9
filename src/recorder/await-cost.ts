// What following promises costs, measured here and now: an await loop with the hooks and without.
import { createHook } from 'node:async_hooks';
import { now } from '../runtime/clock.ts';

const awaits = 20_000;

/** Nanoseconds of an await. Takes some 20 ms. */
export async function measureAwaits(): Promise<{ readonly without: number; readonly with: number }> {
  await loop(); // compiled by now
  const without = await loop();
  const hook = createHook({ init() {}, before() {}, after() {}, destroy() {}, promiseResolve() {} }).enable();
  const withHooks = await loop();
  hook.disable();
  return { without: Math.round(without), with: Math.round(withHooks) };
}

async function loop(): Promise<number> {
  const since = now();
  for (let index = 0; index < awaits; index++) await nothing();
  return ((now() - since) * 1e6) / awaits;
}

async function nothing(): Promise<void> {}
