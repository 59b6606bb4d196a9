// How many retries there may be among all calls of a name: where a server is down, retries must not multiply its load.
// The algorithm is the retry throttling of gRPC (proposal A6, "gRPC Retry Design"): a bucket of tokens, from which each
// failure takes one and to which each success gives a part of one; while it is half empty or less, nothing is retried.
import { ArgumentError } from '../errors.ts';
import { checkNumber, checkOptions } from '../primitives/arguments.ts';

export interface RetryBudgetOptions {
  /** What the bucket holds: after half as many failures in a row there are no retries. Default 10. */
  readonly maxTokens?: number;
  /** What a success gives back, more than 0: in the long run so many retries per success. Default 0.1. */
  readonly tokenRatio?: number;
}

/** A budget at one moment. */
export interface RetryBudgetStatistics {
  readonly tokens: number;
  readonly maxTokens: number;
  /** Retries that it did not permit. */
  readonly refused: number;
}

/**
 * Caps the retries of all operations that share it.
 * @example const budget = new RetryBudget({ maxTokens: 20 }); await retry(load, { budget });
 */
export class RetryBudget {
  readonly #maxTokens: number;
  readonly #tokenRatio: number;
  #tokens: number;
  #refused = 0;

  /** @throws ArgumentError if an option is out of range */
  constructor(options: RetryBudgetOptions = {}) {
    checkOptions(options);
    const { maxTokens = 10, tokenRatio = 0.1 } = options;
    checkNumber(maxTokens, 'maxTokens', 1);
    checkNumber(tokenRatio, 'tokenRatio', 0);
    if (tokenRatio === 0) throw new ArgumentError('tokenRatio must be more than 0, or the budget would never recover');
    this.#maxTokens = maxTokens;
    this.#tokenRatio = tokenRatio;
    this.#tokens = maxTokens;
  }

  /** An attempt succeeded. */
  succeeded(): void {
    this.#tokens = Math.min(this.#maxTokens, this.#tokens + this.#tokenRatio);
  }

  /** An attempt failed in a way that would be retried. */
  failed(): void {
    this.#tokens = Math.max(0, this.#tokens - 1);
  }

  /** Whether there may be a retry now; a no is counted. */
  permits(): boolean {
    if (this.#tokens > this.#maxTokens / 2) return true;
    this.#refused++;
    return false;
  }

  statistics(): RetryBudgetStatistics {
    return Object.freeze({ tokens: this.#tokens, maxTokens: this.#maxTokens, refused: this.#refused });
  }
}

const namesKept = 1000;
const budgets = new Map<string, RetryBudget>();

/** The budget that all operations of a name share, with the default numbers. Of 1,001 names the oldest starts anew. */
export function budgetOf(name: string): RetryBudget {
  let budget = budgets.get(name);
  if (budget === undefined) {
    if (budgets.size >= namesKept) budgets.delete(budgets.keys().next().value as string);
    budget = new RetryBudget();
    budgets.set(name, budget);
  }
  return budget;
}
