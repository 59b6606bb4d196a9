// A CPU profile of this thread, from now on: what Chrome DevTools and speedscope open.
import { Session, type Profiler } from 'node:inspector';
import { now } from '../runtime/clock.ts';

/** A profile in the standard format (`.cpuprofile`). Its times are microseconds on the clock of the system. */
export type CpuProfile = Profiler.Profile;

/** What runs while a thread is profiled. */
export interface CpuProfiler {
  /** Ends it, and gives what there is. Null from the second time on, or where it failed. */
  stop(): CpuProfile | null;
}

/**
 * Starts a session of our own with the inspector: whoever else profiles the thread does not notice. Throws where there is none.
 * @param intervalMs how often the engine looks: each millisecond, as of `node --cpu-prof`, where nobody says otherwise
 */
export function startCpuProfiler(intervalMs = 1): CpuProfiler {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: intervalMs * 1000 });
  session.post('Profiler.start');
  let stopped = false;
  return {
    stop() {
      if (stopped) return null;
      stopped = true;
      let profile: CpuProfile | null = null;
      // To a session with its own thread it is answered at once.
      session.post('Profiler.stop', (error, answer) => {
        if (error === null) ({ profile } = answer);
      });
      session.disconnect();
      return profile;
    },
  };
}

/** What to add to milliseconds on the runtime clock to get milliseconds on that of profiles. */
export function profileClock(): number {
  return Number(process.hrtime.bigint()) / 1e6 - now();
}
