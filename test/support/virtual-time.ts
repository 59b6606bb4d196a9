// Virtual time: fake timers, and a runtime clock that follows them. Import it before anything of loopscope, because the clock
// is taken at import. Wall time (`vi.setSystemTime`) may be set without any effect on the clock, as in life.
import { vi } from 'vitest';

const real = globalThis.performance;
const realNow = real.now.bind(real);
let leaptMs = 0;
// where virtual time begins, so that the clock never goes back
let start: number | null = null;

// `runtime/clock.ts` binds what stands here now.
real.now = () => (start === null ? realNow() : start + globalThis.performance.now() + leaptMs);

/** Turns fake timers on; from here on the runtime clock stands still unless time is advanced. */
export function startVirtualTime(): void {
  start = realNow() + leaptMs;
  vi.useFakeTimers();
}

/** The runtime clock leaps, as after a suspension of the machine: no timer is called for it. */
export function leap(milliseconds: number): void {
  leaptMs += milliseconds;
}

/** Lets time pass. Timers that are due are called in order, and all that follows from each runs before the next. */
export async function pass(milliseconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(milliseconds);
}
