// What is known of a foreign circuit breaker: its state, its last error, when it probes, and the calls through it.
import { breakerCalled, breakerChanged } from '../src/channels/resource.ts';
import type { BreakerState, BreakerStatistics } from '../src/channels/statistics.ts';
import type { TaskRecord } from '../src/channels/task.ts';
import { now } from '../src/runtime/clock.ts';
import { parentForNew } from '../src/runtime/context.ts';
import type { Identity } from '../src/runtime/resource.ts';
import { originAt } from './hook-origin.ts';
import { CallRecord } from './record.ts';
import { WrappedResource } from './resource-record.ts';

/** A foreign breaker. */
export class WrappedBreaker<Breaker extends object> {
  readonly resource: WrappedResource<Breaker, BreakerStatistics>;
  state: BreakerState;
  readonly #label: string;
  #since: number;
  #nextAt: number | null = null;
  #lastError: unknown;

  /**
   * @param label the name of the library
   * @param count calls in its window, and how many of them failed
   */
  constructor(
    label: string,
    name: string,
    identity: Identity,
    breaker: Breaker,
    state: BreakerState,
    count: (breaker: Breaker) => Pick<BreakerStatistics, 'calls' | 'failures'>,
  ) {
    this.#label = label;
    this.state = state;
    this.#since = identity.createdAt;
    this.resource = new WrappedResource<Breaker, BreakerStatistics>(name, identity, breaker, (instance, record) => ({
      kind: 'breaker',
      state: this.state,
      since: this.#since,
      nextAt: this.state === 'open' ? this.#nextAt : null,
      ...count(instance),
      refused: record.refused,
      lastError: this.#lastError,
    }));
  }

  /** A call is let through now: its function is about to run. */
  call(run: { readonly name: string }): CallRecord {
    const at = now();
    const record = new CallRecord(originAt('call', this.#label, run, at), at, parentForNew());
    this.#tell(record);
    return record;
  }

  /** A call was not let through. */
  refuse(): void {
    this.resource.refused++;
    this.#tell(null);
  }

  fail(error: unknown): void {
    this.#lastError = error;
  }

  /** @param openMs how long it stays open; null where that is not known */
  change(to: BreakerState, openMs: number | null = null): void {
    const from = this.state;
    if (from === to) return;
    this.state = to;
    this.#since = now();
    this.#nextAt = to === 'open' && openMs !== null ? this.#since + openMs : null;
    if (!breakerChanged.hasSubscribers) return;
    const error = to === 'open' ? this.#lastError : undefined;
    breakerChanged.publish({ breaker: this.resource, from, to, error });
  }

  #tell(task: TaskRecord | null): void {
    if (breakerCalled.hasSubscribers) breakerCalled.publish({ breaker: this.resource, task, state: this.state });
  }
}
