// A limit of concurrency that finds itself: it grows while calls are quick, and shrinks when they slow down or are refused.
// Ours, because it must be visible: a report shows the limit of the moment, who is in and who waits.
import type { Hold, ResourceRecord } from '../channels/resource.ts';
import type { Site } from '../channels/site.ts';
import type { LimiterStatistics } from '../channels/statistics.ts';
import { ArgumentError, outcomeOf } from '../errors.ts';
import { checkCount, checkFunction, checkName, checkNumber, checkOptions } from '../primitives/arguments.ts';
import { noOptions, type WaitOptions } from '../primitives/waiter.ts';
import { now } from '../runtime/clock.ts';
import { announce, identify } from '../runtime/resource.ts';
import { AdditiveIncrease } from './additive-increase.ts';
import { ConcurrencyLimit } from './concurrency-limit.ts';
import { classifyError } from './error-kind.ts';
import { Gradient } from './gradient.ts';
import type { LimitAlgorithm } from './limit-algorithm.ts';
import { LimitChanges, type LimitHistory } from './limit-history.ts';

export interface AdaptiveLimiterOptions {
  /**
   * `gradient`: by latency against that without load, as in Netflix's concurrency-limits and Envoy. `aimd`: additive increase,
   * multiplicative decrease, by errors and by `latencyMs`. Default `gradient`.
   */
  readonly algorithm?: 'gradient' | 'aimd';
  /** The limit to begin with. Default 20. */
  readonly initialLimit?: number;
  /** Default 1. */
  readonly minLimit?: number;
  /** Default 1,000. */
  readonly maxLimit?: number;
  /** Of `aimd`: milliseconds beyond which a call is a sign of overload. Default: none, errors alone are. */
  readonly latencyMs?: number;
  /** Of `gradient`: how many times slower than without load calls may be. Default 1.06. */
  readonly tolerance?: number;
  /** Of `gradient`: milliseconds between measurements of the latency without load, for which the limit falls to 3. Default 60,000. */
  readonly measureEvery?: number;
  /** True for errors that are signs of overload. Default: errors of the kinds `network` and `timeout`. */
  readonly overloadIf?: (error: unknown) => boolean;
  /** How many calls may wait; further ones are refused with a `LimitError`. Default Infinity. */
  readonly queueLimit?: number;
  /** What reports, spans and metrics call it. Default `adaptive limiter`. */
  readonly name?: string;
}

/**
 * Lets as many calls at a time through as what they call can bear.
 * @example
 * const search = new AdaptiveLimiter({ name: 'search', queueLimit: 100 });
 * const hits = await search.run(() => client.search(query));
 */
export class AdaptiveLimiter implements ResourceRecord {
  readonly kind = 'limiter';
  readonly name: string;
  readonly id: number;
  readonly createdAt: number;
  readonly site: Site | null;
  readonly #algorithm: LimitAlgorithm;
  readonly #limit: ConcurrencyLimit;
  readonly #changes = new LimitChanges();
  readonly #overloadIf: (error: unknown) => boolean;

  /** @throws ArgumentError if an option is out of range */
  constructor(options: AdaptiveLimiterOptions = {}) {
    checkOptions(options);
    const { queueLimit = Infinity, overloadIf = isOverload } = options;
    checkCount(queueLimit, 'queueLimit', 0);
    checkFunction(overloadIf, 'overloadIf');
    this.name = checkName(options.name, 'adaptive limiter');
    this.#algorithm = chooseAlgorithm(options);
    this.#overloadIf = overloadIf;
    ({ id: this.id, createdAt: this.createdAt, site: this.site } = identify(this.name));
    this.#limit = new ConcurrencyLimit(this, Math.floor(this.#algorithm.limit), queueLimit);
    this.#changes.add(this.createdAt, this.limit);
    announce(this);
  }

  /** How many calls may be under way now. */
  get limit(): number {
    return this.#limit.limit;
  }

  /** Calls a function when there is room. Rejects with a `LimitError` if it is refused, and as waits do. */
  async run<Value>(run: () => Value | PromiseLike<Value>, options: WaitOptions = noOptions): Promise<Value> {
    checkFunction(run, 'the function to call');
    const permit = await this.#limit.acquire(options);
    const startedAt = now();
    const inFlight = this.#limit.held;
    try {
      const value = await run();
      this.#learn(startedAt, inFlight, false);
      return value;
    } catch (error) {
      // Other errors may be quicker than an answer, or slower: they say nothing of the load.
      if (outcomeOf(error) !== 'cancelled' && this.#overloadIf(error)) this.#learn(startedAt, inFlight, true);
      throw error;
    } finally {
      permit.release();
    }
  }

  /** The limit over time. */
  history(): LimitHistory {
    return this.#changes.history();
  }

  statistics(): LimiterStatistics {
    return this.#limit.statistics();
  }

  holders(): Iterable<Hold> {
    return this.#limit.holders;
  }

  #learn(startedAt: number, inFlight: number, overloaded: boolean): void {
    const at = now();
    this.#algorithm.add({ latencyMs: at - startedAt, startedAt, inFlight, overloaded }, at);
    const limit = Math.floor(this.#algorithm.limit);
    if (limit === this.#limit.limit) return;
    this.#changes.add(at, limit);
    this.#limit.limit = limit;
  }
}

function chooseAlgorithm(options: AdaptiveLimiterOptions): LimitAlgorithm {
  const { algorithm = 'gradient', initialLimit = 20, minLimit: least = 1, maxLimit: most = 1000 } = options;
  const { latencyMs = Infinity, tolerance = 1.06, measureEvery = 60_000 } = options;
  checkCount(least, 'minLimit', 1);
  checkCount(most, 'maxLimit', least);
  checkCount(initialLimit, 'initialLimit', least);
  if (most === Infinity) throw new ArgumentError('maxLimit must be finite');
  checkNumber(latencyMs, 'latencyMs', 0);
  checkNumber(tolerance, 'tolerance', 1);
  checkNumber(measureEvery, 'measureEvery', 1);
  const bounds = { least, most };
  if (algorithm === 'aimd') return new AdditiveIncrease(initialLimit, bounds, latencyMs);
  if (algorithm === 'gradient') return new Gradient(initialLimit, bounds, tolerance, measureEvery);
  throw new ArgumentError(`algorithm must be 'gradient' or 'aimd', got ${String(algorithm)}`);
}

function isOverload(error: unknown): boolean {
  const kind = classifyError(error);
  return kind === 'network' || kind === 'timeout';
}
