// What nobody can settle is garbage: the next collection takes a hung program's functions away, with the line that hangs.
// Here pending promises are held until they settle.
import { promiseHooks } from 'node:v8';

/** So many at once: further ones are not held. */
const mostKept = 10_000;

/** Pending promises that are held. */
export interface KeptPromises {
  /** Whether those that are made from now on are held; if not, none is held any more. At first they are not. */
  want(isAny: boolean): void;
}

/**
 * Gets ready to hold pending promises. That costs some 0.1 µs for each that is made, wanted or not. A promise that has
 * settled is not held: what the garbage collector takes is the same.
 * @param mostMade ends it once so many were made; default: never
 */
export function keepPromises(mostMade = Infinity): KeptPromises {
  const kept = new Set<object>();
  let isWanted = false;
  let made = 0;
  const stop = promiseHooks.createHook({
    // Those that are made from others are held by them.
    init(promise, parent) {
      if (++made > mostMade) {
        stop();
        kept.clear();
      } else if (isWanted && parent === undefined && kept.size < mostKept) {
        kept.add(promise);
      }
    },
    settled(promise) {
      kept.delete(promise);
    },
  }) as () => void;
  return {
    want(isAny) {
      isWanted = isAny;
      if (!isAny && kept.size > 0) kept.clear();
    },
  };
}
