// A rate limiter: so much may pass within a time. Ours, because it must be visible: a report shows who waits to pass, where and
// since when, and what is used of the limit.
import type { Hold, ResourceRecord } from '../channels/resource.ts';
import type { Site } from '../channels/site.ts';
import type { LimiterStatistics } from '../channels/statistics.ts';
import { ArgumentError, LimitError } from '../errors.ts';
import { checkCount, checkFunction, checkName, checkNumber, checkOptions } from '../primitives/arguments.ts';
import { startTimer } from '../primitives/timer.ts';
import { noOptions, throwIfEnded, Waiter, type WaitOptions } from '../primitives/waiter.ts';
import { now } from '../runtime/clock.ts';
import { List } from '../runtime/list.ts';
import { announce, identify } from '../runtime/resource.ts';
import { nothing, SlidingWindow, TokenBucket, type Allowance } from './allowance.ts';

export interface RateLimiterOptions {
  /** So much may pass within `windowMs`: a whole number of at least 1. */
  readonly limit: number;
  /** Milliseconds. Default 1,000. */
  readonly windowMs?: number;
  /**
   * `sliding window`: within no window, wherever it begins, passes more than the limit. `token bucket`: a burst passes at once,
   * further ones evenly, at the rate of the limit. Default `sliding window`.
   */
  readonly algorithm?: 'sliding window' | 'token bucket';
  /**
   * Of a token bucket: how much may pass at once after a quiet time. Default: the limit. With 1 there is at least
   * `windowMs / limit` between any two, and what a late timer has cost is not made up for.
   */
  readonly burst?: number;
  /** How many may wait; further ones are refused with a `LimitError`. 0: nobody waits. Default Infinity. */
  readonly queueLimit?: number;
  /** What reports, spans and metrics call it. Default `rate limiter`. */
  readonly name?: string;
}

export interface PassOptions extends WaitOptions {
  /** How much of the limit it takes: a whole number of at least 1. Default 1. */
  readonly weight?: number;
}

/**
 * Lets so much pass within a time, first come first served: who needs much is not overtaken by who needs little.
 * @example
 * const limiter = new RateLimiter({ limit: 100, windowMs: 1000, name: 'geocoder' });
 * await limiter.acquire();                     // or: await limiter.run(() => fetch(url), { weight: 5, signal });
 */
export class RateLimiter implements ResourceRecord {
  readonly kind = 'limiter';
  readonly name: string;
  readonly id: number;
  readonly createdAt: number;
  readonly site: Site | null;
  readonly #limit: number;
  readonly #windowMs: number;
  /** What may pass at once: a weight beyond it would wait for ever. */
  readonly #most: number;
  readonly #queueLimit: number;
  readonly #allowance: Allowance;
  readonly #line: List<Waiter<void, number>> = new List();
  #stopTimer: (() => void) | null = null;
  #passed = 0;
  #refused = 0;

  /** @throws ArgumentError if an option is out of range */
  constructor(options: RateLimiterOptions) {
    checkOptions(options);
    const { limit, windowMs = 1000, algorithm = 'sliding window', burst, queueLimit = Infinity } = options;
    checkFinite(limit, 'limit');
    checkNumber(windowMs, 'windowMs', 1);
    if (windowMs === Infinity) throw new ArgumentError('windowMs must be finite');
    checkCount(queueLimit, 'queueLimit', 0);
    if (algorithm !== 'sliding window' && algorithm !== 'token bucket') {
      throw new ArgumentError(`algorithm must be 'sliding window' or 'token bucket', got ${String(algorithm)}`);
    }
    if (burst !== undefined) {
      if (algorithm === 'sliding window') throw new ArgumentError('burst is an option of the token bucket');
      checkFinite(burst, 'burst');
    }
    this.name = checkName(options.name, 'rate limiter');
    this.#limit = limit;
    this.#windowMs = windowMs;
    this.#most = burst ?? limit;
    this.#queueLimit = queueLimit;
    this.#allowance =
      algorithm === 'sliding window'
        ? new SlidingWindow(limit, windowMs)
        : new TokenBucket(limit, windowMs, this.#most);
    ({ id: this.id, createdAt: this.createdAt, site: this.site } = identify(this.name));
    announce(this);
  }

  /**
   * Waits until it may pass. Rejects with a `LimitError` if it is refused, the signal's reason, a `TimeoutError` or a
   * `CancelledError`.
   */
  async acquire(options: PassOptions = noOptions): Promise<void> {
    throwIfEnded(options);
    const weight = this.#weightOf(options);
    if (this.#pass(weight)) return;
    if (this.#line.size >= this.#queueLimit) throw this.#refusal(weight);
    const waiter = new Waiter<void, number>('acquire', this, weight, options, this.#line);
    if (this.#line.first === waiter) this.#serve();
    try {
      await waiter.promise;
    } catch (error) {
      this.#serve(); // who stood behind it may be due
      throw error;
    }
  }

  /** Passes if it may now, and says whether. */
  tryAcquire(weight = 1): boolean {
    this.#checkWeight(weight);
    if (this.#pass(weight)) return true;
    this.#refused++;
    return false;
  }

  /** Calls a function when it may pass. */
  async run<Value>(run: () => Value | PromiseLike<Value>, options: PassOptions = noOptions): Promise<Value> {
    checkFunction(run, 'the function to call');
    await this.acquire(options);
    return run();
  }

  statistics(): LimiterStatistics {
    return Object.freeze({
      kind: 'limiter',
      limit: this.#limit,
      windowMs: this.#windowMs,
      used: this.#allowance.used(now()),
      waiters: this.#line.size,
      passed: this.#passed,
      refused: this.#refused,
    });
  }

  /** Nobody holds a rate. */
  holders(): Iterable<Hold> {
    return [];
  }

  #weightOf({ weight = 1 }: PassOptions): number {
    this.#checkWeight(weight);
    return weight;
  }

  #checkWeight(weight: number): void {
    checkCount(weight, 'weight', 1);
    if (weight > this.#most) {
      throw new ArgumentError(`weight must be at most ${this.#most}, or it never passes, got ${weight}`);
    }
  }

  #pass(weight: number): boolean {
    if (this.#line.size > 0) return false;
    const at = now();
    if (this.#allowance.timeUntil(weight, at) > 0) return false;
    this.#allowance.take(weight, at);
    this.#passed++;
    return true;
  }

  /** Lets pass who is due, and rings again when the next is. */
  #serve(): void {
    this.#stopTimer?.();
    this.#stopTimer = null;
    for (let first = this.#line.first; first !== null; first = this.#line.first) {
      const at = now();
      const wait = this.#allowance.timeUntil(first.item, at);
      if (wait > 0) {
        this.#stopTimer = startTimer(Math.ceil(wait - nothing), () => this.#serve());
        return;
      }
      this.#allowance.take(first.item, at);
      this.#passed++;
      first.resolve();
    }
  }

  #refusal(weight: number): LimitError {
    this.#refused++;
    const nextInMs = this.#line.size > 0 ? null : this.#allowance.timeUntil(weight, now());
    const line = this.#line.size > 0 ? `${this.#line.size} wait` : `it may pass in ${Math.ceil(nextInMs ?? 0)} ms`;
    return new LimitError(`${this.name} refuses: ${this.#limit} within ${this.#windowMs} ms, and ${line}`, nextInMs);
  }
}

function checkFinite(value: number, label: string): void {
  checkCount(value, label, 1);
  if (value === Infinity) throw new ArgumentError(`${label} must be finite`);
}
