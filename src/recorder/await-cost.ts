// What following promises costs, measured here and now: an await loop with it and without.
import { now } from '../runtime/clock.ts';
import { followOperations } from './operations.ts';

const awaits = 20_000;

/** Nanoseconds of an await in this process. Takes some 50 ms. */
export async function measureAwaits(): Promise<{ readonly without: number; readonly with: number }> {
  await loop(); // compiled by now
  const without = await loop();
  const follower = followOperations({ isDeep: true });
  const withIt = await loop();
  follower.stop((site) => site);
  return { without: Math.round(without), with: Math.round(withIt) };
}

async function loop(): Promise<number> {
  const since = now();
  for (let index = 0; index < awaits; index++) await nothing();
  return ((now() - since) * 1e6) / awaits;
}

async function nothing(): Promise<void> {}
