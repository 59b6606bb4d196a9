// Timers that a runner of tests has pending: found by their length, since Node keeps those of one length in a ring.
import { clearTimeout, setTimeout } from '../runtime/real-timers.ts';

/** What the ring consists of; it begins at one that is no timer. */
interface Timer {
  /** The one that was set before it. */
  readonly _idleNext: Timer;
  readonly _idleStart: number;
  /** Of an interval. */
  readonly _repeat?: number | null;
  readonly hasRef?: () => boolean;
}

/** Vitest tells the state of tests at most so often, and what it has to tell last waits for that. */
const vitestEveryMs = 100;

/** How long ago, by Node's clock of timers, the last timer of a length was set; 0 where there is none. Milliseconds. */
export function sinceLastTimer(lengthMs: number): number {
  return probe(lengthMs, ({ _idleStart: now, _idleNext: last }) => {
    return isTimer(last) ? Math.max(0, now - last._idleStart) : 0;
  });
}

/** How many timers may be vitest's own, by their length; one of a test that fires so soon is no leak, either. */
export function countVitestTimers(): number {
  return probe(vitestEveryMs, (own) => {
    let count = 0;
    for (let each = own._idleNext; each !== own; each = each._idleNext) {
      if (isTimer(each) && each._repeat === null) count++;
    }
    return count;
  });
}

/** With a timer of the same length, which is taken away again. */
function probe<Result>(lengthMs: number, look: (own: Timer) => Result): Result {
  const timer = setTimeout(() => {}, lengthMs);
  try {
    return look(timer as unknown as Timer);
  } finally {
    clearTimeout(timer);
  }
}

/** One that keeps the process alive, as those of runners do. */
function isTimer(each: Timer): boolean {
  return each.hasRef?.() === true;
}
