// What a program does on errors, by their kind: count them, tell handlers, retry or not. Ours, because it must be visible: each
// error is counted by name and kind for metrics, and a retry says which attempt it is at.
import { errorCounted, type Hold, type ResourceRecord } from '../channels/resource.ts';
import type { Site } from '../channels/site.ts';
import type { ErrorStatistics } from '../channels/statistics.ts';
import { ArgumentError } from '../errors.ts';
import { checkFunction, checkName, checkOptions, nameOf } from '../primitives/arguments.ts';
import type { Task } from '../primitives/tasks/task.ts';
import { complain } from '../runtime/complain.ts';
import { announce, identify } from '../runtime/resource.ts';
import type { BackoffOptions } from './backoff.ts';
import { classifyError, type ErrorKind } from './error-kind.ts';
import { startRetry, type Attempt, type RetryPlan } from './retry-operation.ts';
import { checkPlan, checkSettings, type RetryCallOptions, type RetryOptions } from './retry.ts';

/** What is done on errors of a kind. */
export interface ErrorKindOptions {
  /**
   * Makes a kind of the program's own, or widens a built-in one: true for errors that belong to it. Asked in the order in which
   * the kinds are given, before all built-in kinds.
   */
  readonly matches?: (error: unknown) => boolean;
  /** How errors of this kind are retried; false: not at all. Default: 3 attempts for `network` and `timeout`, else false. */
  readonly retry?: (BackoffOptions & Pick<RetryOptions, 'attempts'>) | false;
}

export interface ErrorManagerOptions {
  /** What reports, spans and metrics call it. Default `errors`. */
  readonly name?: string;
  /** By name of the kind. */
  readonly kinds?: Readonly<Record<string, ErrorKindOptions>>;
}

/** Told of an error of a kind. What it throws is reported, and changes nothing. */
export type ErrorHandler = (error: unknown, kind: string) => void | PromiseLike<void>;

const retried: ReadonlySet<string> = new Set<ErrorKind>(['network', 'timeout']);
const mostKinds = 100;

/**
 * Classifies errors, counts them by kind, calls handlers, and retries by kind.
 * @example
 * const errors = new ErrorManager({
 *   name: 'orders',
 *   kinds: { quota: { matches: (error) => error.code === 'QUOTA', retry: { attempts: 5, delay: 1000 } } },
 * });
 * errors.on('quota', () => alarm());
 * const order = await errors.run(({ signal }) => load(signal));
 */
export class ErrorManager implements ResourceRecord {
  readonly kind = 'errors';
  readonly name: string;
  readonly id: number;
  readonly createdAt: number;
  readonly site: Site | null;
  readonly #matchers: (readonly [kind: string, matches: (error: unknown) => boolean])[] = [];
  readonly #plans = new Map<string, RetryPlan>();
  readonly #handlers = new Map<string, Set<ErrorHandler>>();
  readonly #counts = new Map<string, number>();
  #total = 0;

  /** @throws ArgumentError if an option is out of range */
  constructor(options: ErrorManagerOptions = {}) {
    checkOptions(options);
    const { kinds = {} } = options;
    checkOptions(kinds);
    const entries = Object.entries(kinds);
    if (entries.length > mostKinds) throw new ArgumentError(`at most ${mostKinds} kinds, got ${entries.length}`);
    for (const [kind, own] of entries) {
      checkOptions(own);
      const { matches, retry } = own;
      if (matches !== undefined) {
        checkFunction(matches, `matches of ${kind}`);
        this.#matchers.push([kind, matches]);
      }
      if (retry !== undefined) this.#plans.set(kind, retry === false ? once : checkPlan(retry));
    }
    this.name = checkName(options.name, 'errors');
    ({ id: this.id, createdAt: this.createdAt, site: this.site } = identify(this.name));
    announce(this);
  }

  /** The kind of an error: a built-in one or one of the program's own. */
  classify(error: unknown): string {
    for (const [kind, matches] of this.#matchers) {
      try {
        if (matches(error)) return kind;
      } catch (thrown) {
        complain(`${this.name}: matches of ${kind} threw`, thrown);
      }
    }
    return classifyError(error);
  }

  /** Calls a handler for each error of a kind, or of any, `*`. Returns what ends that. */
  on(kind: string, handler: ErrorHandler): () => void {
    checkFunction(handler, 'the handler');
    const handlers = this.#handlers.get(kind) ?? new Set();
    this.#handlers.set(kind, handlers);
    const own: ErrorHandler = (error, of) => handler(error, of);
    handlers.add(own);
    return () => void handlers.delete(own);
  }

  /** Counts an error and calls its handlers, and says of what kind it is. Handlers that are async are not waited for. */
  handle(error: unknown): string {
    const kind = this.classify(error);
    this.#total++;
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    if (errorCounted.hasSubscribers) errorCounted.publish(Object.freeze({ manager: this, errorKind: kind, error }));
    this.#tell(kind, kind, error);
    this.#tell('*', kind, error);
    return kind;
  }

  /**
   * Calls a function, and retries it as the kind of each error says. Each failed attempt is handled but for cancellations. The
   * attempts of a kind are counted over all kinds: an operation fails for good where its attempt is the last for the error.
   * @returns a task which rejects with the last error
   */
  run<Value>(
    run: (attempt: Attempt) => Value | PromiseLike<Value>,
    options: RetryCallOptions<Value> = {},
  ): Task<Value> {
    checkFunction(run, 'the function to call');
    checkOptions(options);
    const settings = checkSettings(options, nameOf(run, this.name));
    return startRetry(run, settings, unlimited, (error) => this.#planFor(this.handle(error)));
  }

  statistics(): ErrorStatistics {
    const counts = Object.freeze(Object.fromEntries(this.#counts));
    return Object.freeze({ kind: 'errors', total: this.#total, counts });
  }

  /** Nobody holds errors. */
  holders(): Iterable<Hold> {
    return [];
  }

  #planFor(kind: string): RetryPlan {
    return this.#plans.get(kind) ?? (retried.has(kind) ? thrice : once);
  }

  #tell(handlersOf: string, kind: string, error: unknown): void {
    for (const handler of this.#handlers.get(handlersOf) ?? []) {
      const failed = (thrown: unknown): void => complain(`${this.name}: a handler of ${handlersOf} failed`, thrown);
      try {
        void Promise.resolve(handler(error, kind)).catch(failed);
      } catch (thrown) {
        failed(thrown);
      }
    }
  }
}

const once = checkPlan({ attempts: 1 });
const thrice = checkPlan({ attempts: 3 });
/** How many attempts there will be is not known before there is an error. */
const unlimited = checkPlan({ attempts: Infinity });
