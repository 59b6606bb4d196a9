// What is to be sent before a process of loopscope's own ends: the hook in it knows, and the process asks.

type Flush = (milliseconds: number) => Promise<unknown>;

// The number is the version of the interface: copies that speak another one keep apart.
const slot = globalThis as Record<symbol, Flush | undefined>;
const key = Symbol.for('loopscope.last-flush@1');

/** Sets what sends what there is, within the time, and never rejects. */
export function setLastFlush(flush: Flush): void {
  slot[key] = flush;
}

/** Sends what there is. Resolves at once where there is nothing to send. */
export async function flushLast(milliseconds: number): Promise<void> {
  await slot[key]?.(milliseconds);
}
