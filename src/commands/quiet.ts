// How this process takes care not to be in the way of those that it looks at.
import { readdirSync } from 'node:fs';
import { setPriority } from 'node:os';

// A third of a processor beside one process that takes all it can get; none of it where a processor is free.
const niceness = 5;

/** Lets other processes go first, where the system permits: priorities are of threads, and those to come inherit them. */
export function giveWay(): void {
  let threads: number[] = [process.pid];
  try {
    threads = readdirSync('/proc/self/task').map(Number);
  } catch {
    // not Linux: there the priority is of the process
  }
  for (const thread of threads) {
    try {
      setPriority(thread, niceness);
    } catch {
      // it has ended, or the system does not permit it
    }
  }
}
