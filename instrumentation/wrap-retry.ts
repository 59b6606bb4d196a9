// Makes a function visible that somebody else calls again and again until it succeeds.
import type { Hold, ResourceRecord } from '../src/channels/resource.ts';
import type { Site } from '../src/channels/site.ts';
import type { RetryStatistics } from '../src/channels/statistics.ts';
import { now } from '../src/runtime/clock.ts';
import { parentForNew } from '../src/runtime/context.ts';
import { originOf } from '../src/runtime/origin.ts';
import { announce, identify } from '../src/runtime/resource.ts';
import { checkCount, checkFunction, checkName, noteWrapped, wrapFunction } from './patch.ts';
import { CallRecord, complainOnce, runRecorded, type Callable } from './record.ts';

export interface WrapRetryOptions {
  /** What reports, spans and metrics call it. Default: the name of the function, or `retry`. */
  readonly name?: string;
  /** How often it will be called at most, if that is known: as many failures in a row end the count. */
  readonly attempts?: number;
}

/**
 * Returns a function each call of which is an attempt. While attempts fail, a report says which one it is, what the last
 * failed with and when; a success, or the failure of the last attempt, starts the count again. Wrap it where the retry
 * begins: one function that several retries share counts the failures of all of them.
 *
 * What it returns is what `run` returned; in the place of a plain promise comes one derived from it (see `wrapTask`).
 * @example await pRetry(wrapRetry(() => fetchUser(id), { name: 'fetchUser', attempts: 5 }), { retries: 4 });
 * @throws ArgumentError if `run` is no function, the name no string or `attempts` no count
 */
export function wrapRetry<Run extends Callable>(run: Run, options: WrapRetryOptions = {}): Run {
  checkFunction(run, 'the function to wrap');
  const name = checkName(options, run.name === '' ? 'retry' : run.name);
  const retry = new WrappedRetry(name, checkCount(options.attempts, 'attempts'));
  const result = wrapFunction(run, (target, self, args) => {
    let record: CallRecord;
    try {
      const at = now();
      record = new CallRecord(originOf('attempt', name, at), at, parentForNew(), true, retry.begin());
    } catch (error) {
      complainOnce(error);
      return Reflect.apply(target, self, args);
    }
    const { attempt } = retry;
    return runRecorded(record, target, self, args, (rejected, error) => retry.end(attempt, rejected, error));
  });
  noteWrapped(result);
  return result;
}

/** Lives as long as the wrapped function: a retry that was given up vanishes with it. */
class WrappedRetry implements ResourceRecord {
  readonly kind = 'retry';
  readonly name: string;
  readonly id: number;
  readonly createdAt: number;
  readonly site: Site | null;
  attempt = 0;
  readonly #limit: number | null;
  #failures = 0;
  #lastError: unknown = undefined;
  #failedAt: number | null = null;

  constructor(name: string, limit: number | null) {
    this.name = name;
    this.#limit = limit;
    ({ id: this.id, createdAt: this.createdAt, site: this.site } = identify(name));
    announce(this);
  }

  /** Counts an attempt, and says what is known when it starts. */
  begin(): RetryStatistics {
    this.attempt = this.#failures + 1;
    return this.statistics();
  }

  end(attempt: number, rejected: boolean, error: unknown): void {
    if (!rejected || attempt === this.#limit) {
      this.attempt = 0;
      this.#failures = 0;
      this.#lastError = undefined;
      this.#failedAt = null;
      return;
    }
    this.#failures = Math.max(this.#failures, attempt);
    this.#lastError = error;
    this.#failedAt = now();
  }

  /** When the next attempt starts is known only to whoever calls again. */
  statistics(): RetryStatistics {
    return Object.freeze({
      kind: 'retry',
      attempt: this.attempt,
      limit: this.#limit,
      lastError: this.#lastError,
      nextAt: null,
      failedAt: this.#failedAt,
    });
  }

  /** Nobody holds a retry. */
  holders(): Iterable<Hold> {
    return [];
  }
}
