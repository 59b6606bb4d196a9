// The callback of a test, `done`: until it is called a function of ours awaits that, and who has the callback can be told
// from memory as of any promise. Loaded with the first such test.

export type Callback = (...values: unknown[]) => unknown;

/** What the test that is the current one is given in place of `original`; `over` is called before it. */
export function callbackFor(original: Callback, over: () => void): Callback {
  const { promise, resolve } = Promise.withResolvers<void>();
  void awaitCall(promise);
  const told: Callback = (...values) => {
    resolve();
    over();
    return Reflect.apply(original, undefined, values);
  };
  return Object.assign(told, original);
}

async function awaitCall(called: Promise<void>): Promise<void> {
  await called;
}
