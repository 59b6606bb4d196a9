// A cheaper clock for moments of which many come at once: within a turn of the loop it is read once. Reading the real
// one costs 20 to 60 ns, as much as all the rest of acquiring a lock that is free.
import { now } from './clock.ts';

const nextTick = process.nextTick.bind(process);
// So many moments are the same at most, however long a turn is.
const mostShared = 256;
// A turn with fewer is not worth being told when it ends.
const fewest = 8;
const readsBetween = 16;

let time = 0;
let shared = 0;
let isShared = false;
let reads = 0;

/**
 * The runtime clock, behind by at most the time that the current turn of the loop has taken already: until its microtasks
 * are done, which is when ticks run, time is read once. Good for the age of what is pending; not for measuring durations.
 */
export function turnTime(): number {
  if (isShared && ++shared < mostShared) return time;
  time = now();
  if (isShared) shared = 1;
  else if (--reads < 0) {
    isShared = true;
    shared = 1;
    nextTick(endTurn);
  }
  return time;
}

function endTurn(): void {
  isShared = false;
  reads = shared < fewest ? readsBetween : 1;
}
