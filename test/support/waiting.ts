// A function for tasks that are to be cancelled.
import { sleep } from '../../src/index.ts';

/** Waits until it is cancelled, and notes that it was. */
export function waiting(log: string[], name: string): () => Promise<void> {
  return async () => {
    try {
      await sleep(Infinity);
    } finally {
      log.push(`${name} cleaned up`);
    }
  };
}
