// A circuit breaker: calls to a service that fails too often are refused for a while. Ours, because it must be visible: a
// report shows an open one with its last error and when it will probe, and calls through it are tasks with its name.
import {
  breakerCalled,
  breakerChanged,
  type BreakerChange,
  type Hold,
  type ResourceRecord,
} from '../channels/resource.ts';
import type { Site } from '../channels/site.ts';
import type { BreakerState, BreakerStatistics } from '../channels/statistics.ts';
import { BreakerOpenError, outcomeOf } from '../errors.ts';
import { checkFunction, checkOptions } from '../primitives/arguments.ts';
import { startTask, type Task, type TaskFunction } from '../primitives/tasks/task.ts';
import { complain } from '../runtime/complain.ts';
import { now } from '../runtime/clock.ts';
import { parentForNew } from '../runtime/context.ts';
import { announce, identify } from '../runtime/resource.ts';
import { callWithin } from './call-within.ts';
import { checkBreakerOptions, type BreakerSettings, type CircuitBreakerOptions } from './breaker-options.ts';
import { LastCalls, RecentCalls, type CallWindow } from './call-window.ts';

export interface BreakerCallOptions<Value> {
  /** Cancels the call. */
  readonly signal?: AbortSignal;
  /** Gives the result in the place of a call that failed or was refused (`BreakerOpenError`); not of a cancelled one. */
  readonly fallback?: (error: unknown) => Value | PromiseLike<Value>;
}

/**
 * Closed, it lets calls through and counts failures; over its threshold it opens and refuses calls with a `BreakerOpenError`;
 * after a time it is half-open and lets a few probes through, which close it or open it again. It has no timer: the first call
 * after its time is the probe. What calls that began in an earlier state come to is of no account.
 * @example
 * const payments = new CircuitBreaker({ name: 'payments', failures: 5, openFor: 10_000 });
 * await payments.run(({ signal }) => fetch(url, { signal }));
 */
export class CircuitBreaker implements ResourceRecord {
  readonly kind = 'breaker';
  readonly name: string;
  readonly id: number;
  readonly createdAt: number;
  readonly site: Site | null;
  readonly #settings: BreakerSettings;
  readonly #window: CallWindow;
  readonly #listeners = new Set<(change: BreakerChange) => void>();
  /** Changes that listeners are being told of, oldest first. */
  readonly #untold: BreakerChange[] = [];
  #state: BreakerState = 'closed';
  #since: number;
  #nextAt = Infinity;
  #openFor: number;
  /** Counts changes of state and rounds of probes: a call that began before has no say. */
  #round = 0;
  #probesStarted = 0;
  #probesSucceeded = 0;
  #refused = 0;
  #lastError: unknown;

  /** @throws ArgumentError if an option is out of range */
  constructor(options: CircuitBreakerOptions = {}) {
    this.#settings = checkBreakerOptions(options);
    const { name, windowCalls, windowMs, openFor } = this.#settings;
    this.name = name;
    this.#window = windowCalls === null ? new RecentCalls(windowMs) : new LastCalls(windowCalls);
    this.#openFor = openFor;
    ({ id: this.id, createdAt: this.createdAt, site: this.site } = identify(name));
    this.#since = this.createdAt;
    announce(this);
  }

  get state(): BreakerState {
    return this.#state;
  }

  /**
   * Calls a function, unless the breaker refuses it. The call is a task, and a cancellation of who waits for it goes on to it.
   * Rejects with the error of the function, a `BreakerOpenError` or a `TimeoutError`.
   */
  run<Value>(run: TaskFunction<Value>, options?: BreakerCallOptions<Value>): Promise<Value> {
    checkFunction(run, 'the function to call');
    if (options === undefined) return this.#run(run, undefined);
    checkOptions(options);
    const { signal, fallback } = options;
    if (fallback === undefined) return this.#run(run, signal);
    checkFunction(fallback, 'fallback');
    return this.#run(run, signal).catch((error: unknown) => {
      if (outcomeOf(error) === 'cancelled') throw error;
      return fallback(error);
    });
  }

  /** A function each call of which goes through the breaker. */
  wrap<This, Arguments extends unknown[], Value>(
    run: (this: This, ...args: Arguments) => Value | PromiseLike<Value>,
  ): (this: This, ...args: Arguments) => Promise<Value> {
    checkFunction(run, 'the function to wrap');
    const guard = (call: () => Value | PromiseLike<Value>): Promise<Value> => this.run(call);
    return function guarded(this: This, ...args: Arguments): Promise<Value> {
      return guard(() => run.apply(this, args));
    };
  }

  /** Refuses calls from now on, until its time is over or `close`. */
  open(): void {
    if (this.#state !== 'open') this.#open(undefined, now());
  }

  /** Lets calls through again, and forgets the failures. */
  close(): void {
    if (this.#state === 'closed') return;
    this.#openFor = this.#settings.openFor;
    this.#window.clear();
    this.#change('closed', now(), undefined);
  }

  /** Calls a function at each change of state. Returns what ends that. */
  onChange(listener: (change: BreakerChange) => void): () => void {
    checkFunction(listener, 'the listener');
    const own = (change: BreakerChange): void => listener(change);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  statistics(): BreakerStatistics {
    this.#window.expire(now());
    const { calls, failures } = this.#window;
    return Object.freeze({
      kind: 'breaker',
      state: this.#state,
      since: this.#since,
      nextAt: this.#state === 'open' ? this.#nextAt : null,
      calls,
      failures,
      refused: this.#refused,
      lastError: this.#lastError,
    });
  }

  /** Nobody holds a breaker. */
  holders(): Iterable<Hold> {
    return [];
  }

  #run<Value>(run: TaskFunction<Value>, signal: AbortSignal | undefined): Promise<Value> {
    if (this.#state !== 'closed' && !this.#admitsProbe()) return Promise.reject(this.#refusal());
    const { name } = this;
    const { timeout } = this.#settings;
    const round = this.#round; // before the call, which may open or close the breaker
    const state = this.#state;
    const start: TaskFunction<Value> = (task) => {
      if (breakerCalled.hasSubscribers) breakerCalled.publish({ breaker: this, task, state });
      return timeout === Infinity ? run(task) : callWithin(task, timeout, `call ${name}`, () => run(task));
    };
    const options = signal === undefined ? { name } : { name, signal };
    return this.#judge(startTask('call', start, options, parentForNew()), round);
  }

  async #judge<Value>(call: Task<Value>, round: number): Promise<Value> {
    try {
      const value = await call.awaitAsPart();
      if (round === this.#round) this.#succeeded();
      return value;
    } catch (error) {
      if (round === this.#round) this.#rejected(error);
      throw error;
    }
  }

  #succeeded(): void {
    if (this.#state === 'closed') this.#window.add(false, now());
    else if (++this.#probesSucceeded >= this.#settings.probes) this.close();
  }

  #rejected(error: unknown): void {
    if (outcomeOf(error) === 'cancelled') {
      // It says nothing of the service: a probe makes room for another.
      if (this.#state === 'half-open') this.#probesStarted--;
      return;
    }
    if (!this.#settings.failureIf(error)) {
      this.#succeeded();
      return;
    }
    this.#lastError = error;
    const at = now();
    if (this.#state === 'half-open') {
      this.#openFor = Math.min(this.#openFor * this.#settings.openFactor, this.#settings.maxOpenFor);
      this.#open(error, at);
      return;
    }
    this.#window.add(true, at);
    if (this.#isOver()) this.#open(error, at);
  }

  #isOver(): boolean {
    const { failures, failureRate, minimumCalls } = this.#settings;
    const { calls, failures: failed } = this.#window;
    return failed >= failures || (calls >= minimumCalls && failed >= failureRate * calls);
  }

  /** Not closed: whether this call may be a probe. */
  #admitsProbe(): boolean {
    const at = now();
    if (this.#state === 'open') {
      if (at < this.#nextAt) return false;
      this.#startProbes(at);
      this.#change('half-open', at, undefined);
      const { state } = this;
      if (state !== 'half-open') return state === 'closed'; // a listener has decided otherwise
    } else if (this.#probesStarted >= this.#settings.probes) {
      // Probes which hang must not keep it half-open for ever.
      if (at < this.#nextAt) return false;
      this.#round++;
      this.#startProbes(at);
    }
    this.#probesStarted++;
    return true;
  }

  #startProbes(at: number): void {
    this.#nextAt = at + this.#openFor;
    this.#probesStarted = 0;
    this.#probesSucceeded = 0;
  }

  #open(error: unknown, at: number): void {
    this.#nextAt = at + this.#openFor;
    this.#change('open', at, error);
  }

  #change(to: BreakerState, at: number, error: unknown): void {
    const from = this.#state;
    this.#state = to;
    this.#since = at;
    this.#round++;
    const change: BreakerChange = Object.freeze({ breaker: this, from, to, error });
    if (breakerChanged.hasSubscribers) breakerChanged.publish(change);
    // A listener may change the state: what follows from that is told when all have been told of this.
    if (this.#untold.push(change) > 1) return;
    for (let next: BreakerChange | undefined = change; next !== undefined; next = this.#untold[0]) {
      for (const listener of this.#listeners) this.#tell(listener, next);
      this.#untold.shift();
    }
  }

  #tell(listener: (change: BreakerChange) => void, change: BreakerChange): void {
    try {
      listener(change);
    } catch (thrown) {
      complain(`a listener of breaker ${this.name} threw`, thrown);
    }
  }

  #refusal(): BreakerOpenError {
    this.#refused++;
    if (breakerCalled.hasSubscribers) breakerCalled.publish({ breaker: this, task: null, state: this.#state });
    const nextInMs = Math.max(0, this.#nextAt - now());
    const when =
      this.#state === 'open'
        ? `the next probe is in ${Math.ceil(nextInMs)} ms`
        : 'it waits for what its probe comes to';
    const message = `breaker ${this.name} is ${this.#state}: ${when}`;
    return new BreakerOpenError(message, this.#state === 'open' ? nextInMs : null, this.#lastError);
  }
}
