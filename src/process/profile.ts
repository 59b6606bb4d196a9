// `--profile`: a CPU profile of this thread from its start to its end, in a file, and what a report says of it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread, threadId } from 'node:worker_threads';
import type { ProfileSource } from '../report/build-profile.ts';
import { startCpuProfiler, profileClock, type CpuProfile } from '../loop/cpu-profile.ts';
import { sliceProfile } from '../loop/profile-slice.ts';
import { startTaskTimes, type TaskTimes } from '../loop/task-times.ts';
import { complain } from '../runtime/complain.ts';
import { setProfileSource } from './profile-source.ts';

const ending = '.cpuprofile';
// A profile is kept in memory until it is written: 10 minutes take some 10 MB.
const longestMs = 600_000;
const functionsOfSlice = 5;

export interface ProfileOptions {
  /** A file whose name ends in `.cpuprofile`, or a folder. */
  readonly path: string;
  /** Whether this process is the one that the file itself is for: others add their number to its name. */
  readonly isFirst: boolean;
}

/** What runs while the thread is profiled. */
export interface Profiling {
  /** Ends and writes the profile: reports have it from now on. May be called twice. */
  finish(): void;
}

/** Profiles this thread. Throws where there is no inspector, or where it is not permitted. */
export function startProfile(options: ProfileOptions): Profiling {
  refuseWithoutInspector();
  const profiler = startCpuProfiler();
  const tasks = isMainThread ? startTasks() : null;
  const file = fileOf(options);
  let finished = false;
  const finish = (): void => {
    if (finished) return;
    finished = true;
    clearTimeout(timer);
    tasks?.stop();
    const profile = profiler.stop();
    if (profile === null) return complain('the CPU profile was lost');
    try {
      if (!options.path.endsWith(ending)) mkdirSync(options.path, { recursive: true });
      writeFileSync(file, JSON.stringify(profile));
    } catch (error) {
      return complain('the CPU profile was lost', error);
    }
    setProfileSource(sourceOf(file, profile, tasks));
  };
  const timer = setTimeout(() => {
    finish();
    complain(`the CPU profile of pid ${process.pid} ended after ${longestMs / 60_000} minutes`);
  }, longestMs).unref();
  return { finish };
}

function refuseWithoutInspector(): void {
  const { permission } = process as { readonly permission?: NodeJS.ProcessPermission };
  if (!process.features.inspector) throw new Error('this build of Node has no inspector');
  if (permission !== undefined && !permission.has('inspector')) {
    throw new Error('Node runs with --permission, and not with --allow-inspector');
  }
}

function startTasks(): TaskTimes | null {
  try {
    return startTaskTimes();
  } catch (error) {
    complain('the processor time of tasks is not known', error);
    return null;
  }
}

/** `FILE` of the first process; `FILE` with a number for all others, so that none writes over another's. */
function fileOf({ path, isFirst }: ProfileOptions): string {
  const number = `${process.pid}${threadId === 0 ? '' : `-${threadId}`}`;
  if (!path.endsWith(ending)) return join(path, `${number}${ending}`);
  return isFirst && isMainThread ? path : `${path.slice(0, -ending.length)}.${number}${ending}`;
}

function sourceOf(file: string, profile: CpuProfile, tasks: TaskTimes | null): ProfileSource {
  const offsetMs = profileClock();
  return {
    file,
    durationMs: (profile.endTime - profile.startTime) / 1000,
    tasks: tasks?.times() ?? null,
    slice(spans) {
      const onClock = spans.map(({ since, durationMs }) => ({
        startMs: since + offsetMs,
        endMs: since + durationMs + offsetMs,
      }));
      return sliceProfile(profile, onClock, functionsOfSlice);
    },
  };
}
