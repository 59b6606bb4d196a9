// A bulkhead: one part of a program gets so many calls at a time and no more, so that it cannot take all. Ours, because it
// must be visible: a report shows who is in and who waits, and a name for each.
import type { Hold, ResourceRecord } from '../channels/resource.ts';
import type { Site } from '../channels/site.ts';
import type { LimiterStatistics } from '../channels/statistics.ts';
import { checkCount, checkFunction, checkName, checkOptions } from '../primitives/arguments.ts';
import { noOptions, type WaitOptions } from '../primitives/waiter.ts';
import { announce, identify } from '../runtime/resource.ts';
import { ConcurrencyLimit } from './concurrency-limit.ts';

export interface BulkheadOptions {
  /** What reports, spans and metrics call it. Default `bulkhead`. */
  readonly name?: string;
}

/** At most `limit` calls at a time; further ones wait in order, and where `queueLimit` wait already they are refused. */
export class Bulkhead implements ResourceRecord {
  readonly kind = 'limiter';
  readonly name: string;
  readonly id: number;
  readonly createdAt: number;
  readonly site: Site | null;
  readonly #limit: ConcurrencyLimit;

  constructor(limit: number, queueLimit: number, options: BulkheadOptions) {
    checkCount(limit, 'limit', 1);
    checkCount(queueLimit, 'queueLimit', 0);
    checkOptions(options);
    this.name = checkName(options.name, 'bulkhead');
    ({ id: this.id, createdAt: this.createdAt, site: this.site } = identify(this.name));
    this.#limit = new ConcurrencyLimit(this, limit, queueLimit);
    announce(this);
  }

  /** Calls a function when there is room. Rejects with a `LimitError` if it is refused, and as waits do. */
  async run<Value>(run: () => Value | PromiseLike<Value>, options: WaitOptions = noOptions): Promise<Value> {
    checkFunction(run, 'the function to call');
    const permit = await this.#limit.acquire(options);
    try {
      return await run();
    } finally {
      permit.release();
    }
  }

  statistics(): LimiterStatistics {
    return this.#limit.statistics();
  }

  holders(): Iterable<Hold> {
    return this.#limit.holders;
  }
}

/**
 * A limit of concurrency that refuses what is too much.
 * @example const reports = bulkhead(4, 20, { name: 'reports' }); await reports.run(() => render(id));
 * @param limit how many calls at a time; Infinity is allowed
 * @param queueLimit how many may wait. Default 0: none; Infinity is allowed
 */
export function bulkhead(limit: number, queueLimit = 0, options: BulkheadOptions = {}): Bulkhead {
  return new Bulkhead(limit, queueLimit, options);
}
