// Patching what is behind a getter of Node's that loads it: when the program gets it, and not before.
import { wrapFunction } from './patch.ts';
import { guard, type Callable } from './record.ts';

/**
 * Hands on what a getter has returned to whoever gets it first.
 * @returns what puts the getter back; once it was called, it is
 */
export function onFirstGet(target: object, key: string, got: (value: object) => void): () => void {
  const descriptor = Object.getOwnPropertyDescriptor(target, key);
  // oxlint-disable-next-line typescript/unbound-method -- it is only ever applied to what it is got from
  const getter = descriptor?.get;
  if (descriptor?.configurable !== true || getter === undefined) return () => {};
  let isDone = false;
  const get = wrapFunction(getter as Callable, (run, self, args) => {
    const value = Reflect.apply(run, self, args);
    if (!isDone && typeof value === 'object' && value !== null) {
      guard(restore, undefined);
      guard(() => got(value), undefined);
    }
    return value;
  });
  function restore(): void {
    isDone = true;
    // unless somebody else has put something there since, or Node the value itself
    if (Object.getOwnPropertyDescriptor(target, key)?.get === get) {
      Object.defineProperty(target, key, descriptor as PropertyDescriptor);
    }
  }
  Object.defineProperty(target, key, { ...descriptor, get });
  return restore;
}
