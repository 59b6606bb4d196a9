// What a circuit breaker can be told, checked.
import { ArgumentError } from '../errors.ts';
import { checkCount, checkFunction, checkName, checkNumber, checkOptions } from '../primitives/arguments.ts';

export interface CircuitBreakerOptions {
  /** What reports, spans and metrics call it and its calls. Default `breaker`. */
  readonly name?: string;
  /** It opens when so many calls of the window failed. Default: none, it goes by the rate. */
  readonly failures?: number;
  /** It opens when this part of the calls of the window failed, over 0 to 1. Default 0.5, or none where `failures` is given. */
  readonly failureRate?: number;
  /** The rate is of no account before the window has so many calls. Default 10, or the window if that is smaller. */
  readonly minimumCalls?: number;
  /** The window is the last so many milliseconds. Default 10,000. */
  readonly windowMs?: number;
  /** The window is the last so many calls instead: with as many `failures`, so many in a row. */
  readonly windowCalls?: number;
  /** Milliseconds that it stays open before it lets a probe through. Default 30,000. */
  readonly openFor?: number;
  /** What `openFor` is multiplied with each time that a probe fails. Default 1. */
  readonly openFactor?: number;
  /** The longest that it stays open, in milliseconds. Default 300,000, or `openFor` if that is longer. */
  readonly maxOpenFor?: number;
  /** How many calls it lets through when it is half-open; it closes when all of them succeeded. Default 1. */
  readonly probes?: number;
  /** Milliseconds after which a call fails with a `TimeoutError`. Default: none. */
  readonly timeout?: number;
  /**
   * False for errors which are answers of a healthy service, such as a 404: they count as successes. Default: all errors are
   * failures. Cancellations (and `AbortError`) are neither, and this is not asked of them.
   */
  readonly failureIf?: (error: unknown) => boolean;
}

export interface BreakerSettings {
  readonly name: string;
  readonly failures: number;
  readonly failureRate: number;
  readonly minimumCalls: number;
  readonly windowMs: number;
  readonly windowCalls: number | null;
  readonly openFor: number;
  readonly openFactor: number;
  readonly maxOpenFor: number;
  readonly probes: number;
  readonly timeout: number;
  readonly failureIf: (error: unknown) => boolean;
}

const mostWindowCalls = 1_000_000;

/** @throws ArgumentError if an option is out of range */
export function checkBreakerOptions(options: CircuitBreakerOptions): BreakerSettings {
  checkOptions(options);
  const { failures = Infinity, windowMs = 10_000, windowCalls = null, openFor = 30_000, openFactor = 1 } = options;
  const { failureRate = failures === Infinity ? 0.5 : Infinity, probes = 1, timeout = Infinity } = options;
  const { minimumCalls = Math.min(10, windowCalls ?? 10), maxOpenFor = Math.max(300_000, openFor) } = options;
  const { failureIf = always } = options;
  checkCount(failures, 'failures', 1);
  checkNumber(failureRate, 'failureRate', 0);
  if (options.failureRate !== undefined && !(failureRate > 0 && failureRate <= 1)) {
    throw new ArgumentError(`failureRate must be over 0 and at most 1, got ${failureRate}`);
  }
  checkWindow(options);
  checkCount(minimumCalls, 'minimumCalls', 1);
  for (const [label, value] of Object.entries({ windowMs, openFor })) {
    checkNumber(value, label, 1);
    if (value === Infinity && label === 'windowMs') throw new ArgumentError('windowMs must be finite');
  }
  checkNumber(openFactor, 'openFactor', 1);
  checkNumber(maxOpenFor, 'maxOpenFor', openFor);
  checkCount(probes, 'probes', 1);
  checkNumber(timeout, 'timeout', 0);
  checkFunction(failureIf, 'failureIf');
  const name = checkName(options.name, 'breaker');
  const counts = { failures, failureRate, minimumCalls, windowMs, windowCalls };
  return { name, ...counts, openFor, openFactor, maxOpenFor, probes, timeout, failureIf };
}

/** A window of calls has to be able to reach what is asked of it. */
function checkWindow({ windowMs, windowCalls, failures, minimumCalls }: CircuitBreakerOptions): void {
  if (windowCalls === undefined) return;
  if (windowMs !== undefined) throw new ArgumentError('give windowMs or windowCalls, not both');
  checkCount(windowCalls, 'windowCalls', 1);
  if (windowCalls > mostWindowCalls) {
    throw new ArgumentError(`windowCalls must be at most ${mostWindowCalls}, got ${windowCalls}`);
  }
  for (const [label, value] of Object.entries({ failures, minimumCalls })) {
    if (value !== undefined && value > windowCalls) {
      throw new ArgumentError(`${label} must be at most windowCalls, ${windowCalls}, or it never opens, got ${value}`);
    }
  }
}

function always(): boolean {
  return true;
}
