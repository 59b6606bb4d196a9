// So many calls at a time, so many in line, and the rest refused: what Bulkhead and AdaptiveLimiter have in common.
import type { ResourceRecord } from '../channels/resource.ts';
import type { LimiterStatistics } from '../channels/statistics.ts';
import { LimitError } from '../errors.ts';
import { Permits, type Permit } from '../primitives/locks/permits.ts';
import { throwIfEnded, type WaitOptions } from '../primitives/waiter.ts';

export class ConcurrencyLimit {
  readonly #permits: Permits;
  readonly #queueLimit: number;
  #limit: number;
  #passed = 0;
  #refused = 0;

  constructor(resource: ResourceRecord, limit: number, queueLimit: number) {
    this.#permits = new Permits(resource, limit);
    this.#queueLimit = queueLimit;
    this.#limit = limit;
  }

  get limit(): number {
    return this.#limit;
  }

  /** Less than are under way now is legal: further ones wait until enough have ended. */
  set limit(limit: number) {
    this.#permits.free += limit - this.#limit;
    this.#limit = limit;
    this.#permits.handOut();
  }

  get held(): number {
    return this.#permits.holders.size;
  }

  get holders(): Iterable<Permit> {
    return this.#permits.holders;
  }

  async acquire(options: WaitOptions): Promise<Permit> {
    throwIfEnded(options); // what is not to begin at all is not refused
    const { free, waiters, resource, holders } = this.#permits;
    if (free <= 0 && waiters.size >= this.#queueLimit) {
      this.#refused++;
      const line = this.#queueLimit === 0 ? '' : `, and ${waiters.size} wait`;
      throw new LimitError(`${resource.name} refuses: ${holders.size} of ${this.#limit} calls are under way${line}`);
    }
    const permit = await this.#permits.acquire(options);
    this.#passed++;
    return permit;
  }

  statistics(): LimiterStatistics {
    return Object.freeze({
      kind: 'limiter',
      limit: this.#limit,
      windowMs: null,
      used: this.held,
      waiters: this.#permits.waiters.size,
      passed: this.#passed,
      refused: this.#refused,
    });
  }
}
