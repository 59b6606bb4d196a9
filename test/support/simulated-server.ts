// A server in virtual time: so many workers, a line of any length before them, and a time for each request.
import { sleep } from '../../src/index.ts';

export interface SimulatedServer {
  workers: number;
  /** Requests beyond so many in line are refused. */
  mostWaiting: number;
  handle(): Promise<void>;
  readonly served: number;
}

/** Up to `workers` requests at a time are served without waiting: that is its best limit. */
export function simulateServer(workers: number, serviceMs: () => number): SimulatedServer {
  let busy = 0;
  const line: (() => void)[] = [];
  const server = {
    workers,
    mostWaiting: Infinity,
    served: 0,
    async handle(): Promise<void> {
      if (busy >= server.workers) {
        if (line.length >= server.mostWaiting) throw Object.assign(new Error('busy'), { status: 503 });
        await new Promise<void>((resolve) => void line.push(resolve));
      }
      busy++;
      await sleep(serviceMs());
      busy--;
      server.served++;
      if (busy < server.workers) line.shift()?.();
    },
  };
  return server;
}

/** Numbers from 0 to 1 which are the same in every run. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
