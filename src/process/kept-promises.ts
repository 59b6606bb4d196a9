// What nobody can settle is garbage: the next collection takes a hung program's functions away, with the line that hangs.
// Here pending promises are held until they settle.
import { promiseHooks } from 'node:v8';

/** Pending promises that are held. */
export interface KeptPromises {
  /** Whether those that are made from now on are held; if not, none is held any more. At first they are not. */
  want(isAny: boolean): void;
  /** Ends it: none is held, and nothing is paid any more. */
  stop(): void;
}

export interface KeepOptions {
  /** So many at once: further ones are not held. Default 10,000. */
  readonly mostKept?: number;
  /** It ends by itself once so many were made. Default: never. */
  readonly mostMade?: number;
}

/**
 * Gets ready to hold pending promises. That costs some 0.1 µs for each that is made, wanted or not. A promise that has
 * settled is not held: what the garbage collector takes is the same.
 */
export function keepPromises({ mostKept = 10_000, mostMade = Infinity }: KeepOptions = {}): KeptPromises {
  const kept = new Set<object>();
  let isWanted = false;
  let made = 0;
  const end = promiseHooks.createHook({
    // Those that are made from others are held by them.
    init(promise, parent) {
      if (++made > mostMade) stop();
      else if (isWanted && parent === undefined && kept.size < mostKept) kept.add(promise);
    },
    settled(promise) {
      kept.delete(promise);
    },
  }) as () => void;
  const stop = (): void => {
    end();
    kept.clear();
  };
  return {
    stop,
    want(isAny) {
      isWanted = isAny;
      if (!isAny && kept.size > 0) kept.clear();
    },
  };
}
