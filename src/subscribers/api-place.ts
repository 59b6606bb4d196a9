// `@opentelemetry/api` has one place for an SDK, and who comes second is turned away. Ours stands in it such that an SDK
// which the program starts later finds the place free: whatever copy of the API it comes through.
const key = Symbol.for('opentelemetry.js.api.1');
const signals = ['trace', 'metrics', 'logs', 'propagation'] as const;

/** What the API has a place for. The context manager is not among them: there is one, and any SDK's serves all. */
export type Signal = (typeof signals)[number];

/**
 * Lets others take the places that are taken now.
 *
 * A registration assigns the global object of the API to itself, looks whether the place is taken, and takes it; a look
 * does not assign. So an accessor sees which of the two goes on.
 * @param taken called when somebody has taken a place
 */
export function giveWay(taken: (signal: Signal) => void): void {
  const slot = globalThis as Record<symbol, unknown>;
  const registered = slot[key] as Record<string, unknown> | undefined;
  if (registered === undefined) return;
  let registering = false;
  let held = 0;
  for (const signal of signals) {
    const ours = registered[signal];
    if (ours === undefined) continue;
    held++;
    Object.defineProperty(registered, signal, {
      configurable: true,
      enumerable: true,
      get: () => (registering ? undefined : ours),
      set(theirs: unknown) {
        registering = false;
        setPlain(registered, signal, theirs);
        if (--held === 0) setPlain(globalThis, key, registered); // the accessor costs 30 ns a look
        taken(signal);
      },
    });
  }
  Object.defineProperty(globalThis, key, {
    configurable: true,
    enumerable: true,
    get() {
      registering = false;
      return registered;
    },
    set(value: unknown) {
      if (value === registered) registering = true;
      else setPlain(globalThis, key, value);
    },
  });
}

function setPlain(target: object, name: string | symbol, value: unknown): void {
  Object.defineProperty(target, name, { configurable: true, enumerable: true, writable: true, value });
}
