// Which timers call the same function of the source: closures that were made at one place are one.
import type { Timer } from './timers.ts';

export type Callback = (...parameters: never) => unknown;

const longest = 2000;
const keys = new WeakMap<Callback, string>();
// oxlint-disable-next-line typescript/unbound-method -- applied to what it is called on
const toText = Function.prototype.toString;

/** The same for all functions that have the same text and name; null of a timer that calls none any more. */
export function callKey({ _onTimeout: callback, _repeat: repeat }: Timer): string | null {
  if (typeof callback !== 'function') return null;
  let key = keys.get(callback);
  if (key === undefined) {
    key = `${callback.name}\n${Reflect.apply(toText, callback, []).slice(0, longest)}`;
    keys.set(callback, key);
  }
  return `${repeat === null ? 'timeout' : 'interval'} ${key}`;
}
