// Times in processor time of this thread: neighbours that share the machine make a program wait, but not work.
import { measure } from 'mitata';

/** Nanoseconds that this thread has worked. Some systems count in ticks of several milliseconds. */
export function threadTime(): number {
  // Node 22 has it for the whole process only.
  const { user, system } = process.threadCpuUsage?.() ?? process.cpuUsage();
  return (user + system) * 1000;
}

/** The mean time of one call of `work` in nanoseconds; of many calls, because of the ticks. */
export async function processorTime(work: () => Promise<unknown>): Promise<number> {
  const { avg } = await measure(work, { now: threadTime, min_cpu_time: 120e6, min_samples: 30, warmup_samples: 1 });
  return avg;
}
