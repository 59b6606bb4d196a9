// Where a report finds the CPU profile of this thread, once it is finished.
import type { ProfileSource } from '../report/build-profile.ts';

// Reports of all copies of loopscope in a process have it; the number is the version of what a report is built from.
const key = Symbol.for('loopscope.profile@1');
const slot = globalThis as Record<symbol, ProfileSource | undefined>;

export function setProfileSource(source: ProfileSource): void {
  slot[key] = source;
}

/** Null where nobody profiles, and before the profile is finished. */
export function profileSource(): ProfileSource | null {
  return slot[key] ?? null;
}
