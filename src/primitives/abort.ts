// Who wants to know when a signal is aborted. Node compares a listener that is added with all that are there already, and a
// program may have one signal for its shutdown and thousands of waits: each signal has one listener of ours.

interface Watch {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}

const watches = new WeakMap<AbortSignal, Watch>();

/** Calls `callback` when the signal is aborted, which it is not yet. Returns what stops that; the last one takes the listener away. */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const { callbacks, listener } = watchOf(signal);
  if (callbacks.size === 0) signal.addEventListener('abort', listener, { once: true });
  callbacks.add(callback);
  return () => {
    if (callbacks.delete(callback) && callbacks.size === 0) signal.removeEventListener('abort', listener);
  };
}

function watchOf(signal: AbortSignal): Watch {
  let watch = watches.get(signal);
  if (watch === undefined) {
    const callbacks = new Set<() => void>();
    watch = { callbacks, listener: () => callAll(callbacks) };
    watches.set(signal, watch);
  }
  return watch;
}

function callAll(callbacks: Set<() => void>): void {
  for (const callback of callbacks) {
    callbacks.delete(callback);
    try {
      callback();
    } catch (error) {
      // as from any listener: an uncaught exception, which keeps nothing from the others
      process.nextTick(() => {
        throw error;
      });
    }
  }
}
