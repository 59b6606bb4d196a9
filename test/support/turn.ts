// Turns of the loop, and what must be left after them. Taken at import, before fake timers.
import { expect, vi } from 'vitest';
import { rootTask } from '../../src/runtime/context.ts';
import { startRegistry } from '../../src/subscribers/registry.ts';

const { setImmediate } = globalThis;

/** One turn of the loop: every microtask that is due has run. */
export function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** So many microtasks. */
export async function microtasks(count: number): Promise<void> {
  for (let index = 0; index < count; index++) await null;
}

/** Nothing is pending, nobody waits: what every test has to leave behind. Turns fake timers off. */
export async function expectNothingLeft(): Promise<void> {
  vi.useRealTimers();
  await turn();
  const { tasks } = startRegistry().snapshot();
  expect({ tasks: tasks.map(String), rootWaits: rootTask.waits }).toEqual({ tasks: [], rootWaits: null });
}

/** With fake timers: no timer is left either. */
export async function expectNoTimersLeft(): Promise<void> {
  expect(vi.getTimerCount()).toBe(0);
  await expectNothingLeft();
}

/** What a promise was rejected with; fails if it was not. */
export async function rejection(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return expect.unreachable('was not rejected');
}
