// asyncio's as_completed: several things, each as soon as it has settled.
import { TimeoutError } from '../errors.ts';
import { now } from '../runtime/clock.ts';
import { checkNumber, checkOptions, checkSignal } from './arguments.ts';
import { JointWait, Members } from './joint-wait.ts';
import { startMembers, type Member, type MemberValue, type Started } from './members.ts';
import { noOptions, throwIfEnded } from './waiter.ts';

export interface AsCompletedOptions {
  /** Milliseconds after which the iteration throws a TimeoutError, from this call on. Default: none. */
  readonly timeout?: number;
  /** Ends the iteration with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Iterates over tasks, promises and functions, which it runs as tasks, in the order in which they settle. `for await`
 * gives the tasks and promises themselves, which have settled; plain `for` gives a promise of the next result each time.
 * It cancels none of them, however it ends.
 * @example for await (const task of asCompleted(downloads, { timeout: 10_000 })) show(await task);
 */
export function asCompleted<Given extends Member>(
  given: Iterable<Given>,
  options: AsCompletedOptions = noOptions,
): Completions<Given> {
  checkOptions(options);
  const { timeout, signal } = options;
  if (timeout !== undefined) checkNumber(timeout, 'timeout', 0);
  if (signal !== undefined) checkSignal(signal);
  return new Completions([...new Set(startMembers('asCompleted', given))] as Started<Given>[], timeout, signal);
}

/** What `asCompleted` returns. Each member is given once, whoever asks. */
export class Completions<Given> implements AsyncIterableIterator<Started<Given>> {
  readonly #settled: Started<Given>[] = [];
  readonly #members: Members;
  readonly #waiters: JointWait<void>[] = [];
  readonly #timeout: number | undefined;
  readonly #deadline: number;
  readonly #signal: AbortSignal | undefined;
  /** How many were given out, or asked for. */
  #given = 0;
  #isOver = false;

  /** @internal */
  constructor(all: readonly Started<Given>[], timeout: number | undefined, signal: AbortSignal | undefined) {
    this.#timeout = timeout;
    this.#deadline = timeout === undefined ? Infinity : now() + timeout;
    this.#signal = signal;
    this.#members = new Members('asCompleted', true, all);
    this.#members.follow((index) => {
      this.#settled.push(all[index] as Started<Given>);
      this.#waiters.shift()?.resolve();
    }, false);
  }

  async next(): Promise<IteratorResult<Started<Given>, undefined>> {
    if (this.#isOver || this.#given === this.#members.count) return { done: true, value: undefined };
    this.#given++;
    try {
      return { done: false, value: await this.#take() };
    } catch (error) {
      this.#given--;
      throw error;
    }
  }

  /** For `break`: the rest is not waited for. */
  return(): Promise<IteratorResult<Started<Given>, undefined>> {
    this.#isOver = true;
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Promises of the results, as many as there are members. */
  *[Symbol.iterator](): Generator<Promise<MemberValue<Given>>, undefined> {
    while (this.#given < this.#members.count) {
      this.#given++;
      yield this.#takeResult();
    }
  }

  async #takeResult(): Promise<MemberValue<Given>> {
    return (await this.#take()) as MemberValue<Given>;
  }

  /** The next that has settled. Waiters are served in order, each with one of what is there. */
  async #take(): Promise<Started<Given>> {
    const signal = this.#signal;
    throwIfEnded(signal === undefined ? noOptions : { signal });
    if (this.#settled.length === 0 || this.#waiters.length > 0) await this.#park();
    return this.#settled.shift() as Started<Given>;
  }

  async #park(): Promise<void> {
    const timeout = this.#timeout;
    const left = timeout === undefined ? null : Math.max(0, this.#deadline - now());
    const signal = this.#signal;
    const wait = new JointWait<void>(this.#members, {
      kind: 'next',
      handsOn: false,
      milliseconds: left,
      ...(signal !== undefined && { signal }),
    });
    if (left !== null) {
      wait.after(left, () => wait.reject(new TimeoutError(`asCompleted: timed out after ${timeout} ms`), 'timed out'));
    }
    this.#waiters.push(wait);
    try {
      await wait.promise;
    } catch (error) {
      const index = this.#waiters.indexOf(wait);
      if (index !== -1) this.#waiters.splice(index, 1);
      throw error;
    }
  }
}
