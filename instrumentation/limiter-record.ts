// What is known of a foreign limiter of rate or concurrency.
import type { LimiterStatistics } from '../src/channels/statistics.ts';
import { now } from '../src/runtime/clock.ts';
import { parentForNew } from '../src/runtime/context.ts';
import type { Identity } from '../src/runtime/resource.ts';
import { originAt } from './hook-origin.ts';
import { CallRecord } from './record.ts';
import { ResourceJob, WrappedResource } from './resource-record.ts';

/** What the foreign object says of itself; all else is counted here. */
export type LimiterReading = Pick<LimiterStatistics, 'limit' | 'windowMs'> & { readonly used?: number };

/** A foreign limiter. */
export class WrappedLimiter<Limiter extends object> {
  readonly resource: WrappedResource<Limiter, LimiterStatistics>;
  readonly #label: string;

  /**
   * @param label the name of the library
   * @param read without `used`, that is how many jobs run
   */
  constructor(
    label: string,
    name: string,
    identity: Identity,
    limiter: Limiter,
    read: (limiter: Limiter) => LimiterReading,
  ) {
    this.#label = label;
    this.resource = new WrappedResource<Limiter, LimiterStatistics>(name, identity, limiter, (instance, record) => ({
      kind: 'limiter',
      used: record.holds.size,
      ...read(instance),
      waiters: record.waiters,
      passed: record.started,
      refused: record.refused,
    }));
  }

  /** A function is given to the limiter, by the program or by another job of the library. */
  job(run: { readonly name: string }, by?: CallRecord): ResourceJob {
    const at = now();
    const origin = by === undefined ? originAt('job', this.#label, run, at) : { ...by.origin, kind: 'job' as const };
    return new ResourceJob(this.resource, new CallRecord(origin, at, by ?? parentForNew(), false));
  }
}
