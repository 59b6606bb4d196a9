// What a pool of resources can be told, and what it does where it is told nothing.
import { ArgumentError } from '../errors.ts';
import { checkCount, checkFunction, checkNumber, checkOptions } from '../primitives/arguments.ts';

export interface ResourcePoolOptions<Value> {
  /** Makes a resource. Its signal is aborted when the pool gives the attempt up. */
  readonly create: (attempt: { readonly signal: AbortSignal }) => Value | PromiseLike<Value>;
  /** Ends a resource. Its place in the pool is free when it is done. */
  readonly destroy?: (value: Value) => unknown;
  /** Whether a resource that lay idle is still good: asked whenever it is to be lent again. False, or an error, ends it. */
  readonly validate?: (value: Value) => boolean | PromiseLike<boolean>;
  /** What reports, spans and metrics call it. Default `pool`. */
  readonly name?: string;
  /** As many are kept, also idle; they are made at once. Default 0. */
  readonly min?: number;
  /** The most there are at a time. Default 10. */
  readonly max?: number;
  /** Milliseconds after which an `acquire` ends with a `TimeoutError`. Default: none. */
  readonly timeout?: number;
  /** Milliseconds after which `create` is given up; what it makes nevertheless is destroyed. Default 30,000. */
  readonly createTimeout?: number;
  /** Milliseconds after which a resource that `validate` says nothing about counts as not good. Default 30,000. */
  readonly validateTimeout?: number;
  /** Milliseconds after which an idle resource ends, if there are more than `min`. Default 30,000. */
  readonly idleTimeout?: number;
  /** Milliseconds after which a resource ends, once it is idle. Default Infinity. */
  readonly maxLifetime?: number;
  /** How long after a failure `create` is called again: as for `retry`, without jitter. Default 100 ms, doubled up to 10 s. */
  readonly backoff?: { readonly delay?: number; readonly factor?: number; readonly maxDelay?: number };
  /** Told of failures that no caller is told of. Default: a warning of Node (`process.emitWarning`). */
  readonly onError?: (error: unknown, during: 'create' | 'validate' | 'destroy') => void;
}

/** The options with all defaults. */
export interface PoolSettings<Value> {
  readonly create: ResourcePoolOptions<Value>['create'];
  readonly destroy: ((value: Value) => unknown) | null;
  readonly validate: ((value: Value) => boolean | PromiseLike<boolean>) | null;
  readonly min: number;
  readonly max: number;
  readonly createTimeout: number;
  readonly validateTimeout: number;
  readonly idleTimeout: number;
  readonly maxLifetime: number;
  readonly backoff: { readonly delay: number; readonly factor: number; readonly maxDelay: number };
  readonly onError: (error: unknown, during: 'create' | 'validate' | 'destroy') => void;
}

/** @throws ArgumentError saying which option is wrong, and what was expected */
export function poolSettings<Value>(options: ResourcePoolOptions<Value>): PoolSettings<Value> {
  checkOptions(options);
  const { create, destroy, validate, min = 0, max = 10, timeout, backoff = {}, onError = warn } = options;
  const { createTimeout = 30_000, validateTimeout = 30_000 } = options;
  const { idleTimeout = 30_000, maxLifetime = Infinity } = options;
  checkFunction(create, 'create');
  if (destroy !== undefined) checkFunction(destroy, 'destroy');
  if (validate !== undefined) checkFunction(validate, 'validate');
  checkFunction(onError, 'onError');
  checkCount(min, 'min', 0);
  checkCount(max, 'max', 1);
  if (min > max || min === Infinity) throw new ArgumentError(`min must be at most max (${max}) and finite, got ${min}`);
  for (const [label, value] of Object.entries({ createTimeout, validateTimeout, idleTimeout, maxLifetime }))
    checkNumber(value, label, 1);
  if (timeout !== undefined) checkNumber(timeout, 'timeout', 0);
  checkOptions(backoff);
  const { delay = 100, factor = 2, maxDelay = 10_000 } = backoff;
  checkNumber(delay, 'backoff.delay', 0);
  checkNumber(factor, 'backoff.factor', 1);
  checkNumber(maxDelay, 'backoff.maxDelay', 0);
  return {
    create,
    destroy: destroy ?? null,
    validate: validate ?? null,
    min,
    max,
    createTimeout,
    validateTimeout,
    idleTimeout,
    maxLifetime,
    backoff: { delay, factor, maxDelay },
    onError,
  };
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : new Error('a pool failed', { cause: error }));
}
