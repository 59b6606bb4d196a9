// What returns the promise of its wait, and rejects where an async function would.

/**
 * Calls a function that begins a wait. A cancellation ends all waits of a task, and only the promise of a wait knows that
 * this is no unhandled rejection while nobody awaits it yet; that of an async function around it does not.
 * @returns its promise; one that is rejected if it throws
 */
export function attempt<Value>(begin: () => Promise<Value>): Promise<Value> {
  try {
    return begin();
  } catch (error) {
    return Promise.reject(error);
  }
}
