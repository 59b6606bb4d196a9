// Idle time that Node does not count: a signal that arrives while the loop waits for events, such as that of a child process
// that has ended, wakes the wait, and what was waited until then is lost (libuv counts from the last call into the system).
// It would look like a turn that was busy. The system knows better: the thread slept.
import { ownProcessorMs, ownScheduling } from './scheduling.ts';

const kept = 8;
/** To ask the system takes 20 µs, and for the thread's processor time 1 µs: that says whether there is anything to ask. */
const askEveryMs = 50;

interface Span {
  readonly since: number;
  readonly until: number;
}

/** Tells turns in which a thread slept from those in which it ran. Knows nothing where the system does not tell. */
export class LostIdle {
  #scheduling = ownScheduling();
  readonly #leastMs: number;
  #cpuMs = ownProcessorMs();
  #at = -Infinity;
  #askedAt = -Infinity;
  /** Turns that were taken for idle. */
  readonly #slept: (Span & { readonly ms: number })[] = [];
  /** Blocks in which the thread slept in a synchronous call, as somebody saw. */
  readonly #blocks: Span[] = [];
  /** How much was taken for idle in all. */
  totalMs = 0;

  /** @param leastMs turns that are shorter are not looked at */
  constructor(leastMs: number) {
    this.#leastMs = leastMs;
  }

  /** How much of a busy turn that ends now was idle after all. */
  within(busyMs: number, now: number): number {
    if (now - this.#at < this.#leastMs) return 0;
    const cpuMs = ownProcessorMs();
    const ranMs = cpuMs - this.#cpuMs;
    this.#cpuMs = cpuMs;
    this.#at = now;
    const isOdd = busyMs >= this.#leastMs && ranMs <= busyMs / 2;
    if (!isOdd && now - this.#askedAt < askEveryMs) return 0;
    const before = this.#scheduling;
    this.#scheduling = ownScheduling();
    this.#askedAt = now;
    if (!isOdd || before === null || this.#scheduling === null) return 0;
    const ms = busyMs - ranMs - (this.#scheduling.waitMs - before.waitMs);
    const span = { since: now - busyMs, until: now };
    // Less may be a synchronous call that waited for the disk.
    if (ms < busyMs / 2 || this.#blocks.some((block) => overlap(block, span))) return 0;
    if (this.#slept.push({ ...span, ms }) > kept) this.#slept.shift();
    this.totalMs += ms;
    return ms;
  }

  /** Somebody saw what blocked the loop: it was not idle. How much has been taken for idle, and was not. */
  confirm(since: number, durationMs: number): number {
    const block = { since, until: since + durationMs };
    if (this.#blocks.push(block) > kept) this.#blocks.shift();
    const index = this.#slept.findIndex((span) => overlap(block, span));
    const [wrong] = index === -1 ? [] : this.#slept.splice(index, 1);
    if (wrong === undefined) return 0;
    this.totalMs -= wrong.ms;
    return wrong.ms;
  }
}

function overlap(a: Span, b: Span): boolean {
  return a.since < b.until && b.since < a.until;
}
