// asyncio's as_completed: several things, each as soon as it has settled.
import { TimeoutError } from '../../errors.ts';
import { now } from '../../runtime/clock.ts';
import { List } from '../../runtime/list.ts';
import { checkNumber, checkOptions, checkSignal } from '../arguments.ts';
import { JointWait, Members } from './joint-wait.ts';
import { startMembers, type Member, type MemberValue, type Started } from './members.ts';
import { Ring } from '../queues/ring.ts';
import { startTimer } from '../timer.ts';
import { noOptions, throwIfEnded, type Waiter } from '../waiter.ts';

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
  readonly #settled: Ring<Started<Given>> = new Ring();
  readonly #members: Members;
  readonly #waits: List<Waiter<[Started<Given>]>> = new List();
  readonly #until: number | null;
  readonly #stopTimer: () => void;
  readonly #signal: AbortSignal | undefined;
  /** How many were given out. */
  #given = 0;
  #isOver = false;
  #timeout: TimeoutError | null = null;

  /** @internal */
  constructor(all: readonly Started<Given>[], timeout: number | undefined, signal: AbortSignal | undefined) {
    this.#until = timeout === undefined ? null : now() + timeout;
    this.#stopTimer = startTimer(timeout ?? Infinity, () => {
      this.#timeout = new TimeoutError(`asCompleted: timed out after ${timeout} ms`);
      for (const wait of this.#waits) wait.reject(this.#timeout);
    });
    this.#signal = signal;
    this.#members = new Members('asCompleted', true, all);
    this.#members.follow((index) => {
      const member = all[index] as Started<Given>;
      const wait = this.#waits.first;
      if (wait === null) this.#settled.push(member);
      else wait.resolve(this.#give(member));
      if (this.#members.left === 0) this.#stopTimer();
    }, false);
    if (all.length === 0) this.#stopTimer();
  }

  async next(): Promise<IteratorResult<Started<Given>, undefined>> {
    if (this.#isOver || this.#left === 0) return { done: true, value: undefined };
    const [value] = await this.#take();
    return { done: false, value };
  }

  /** For `break`: the rest is not waited for. */
  return(): Promise<IteratorResult<Started<Given>, undefined>> {
    this.#isOver = true;
    this.#stopTimer();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Promises of the results, as many as there are members. */
  *[Symbol.iterator](): Generator<Promise<MemberValue<Given>>, undefined> {
    for (let left = this.#left; left > 0; left--) yield this.#takeResult();
  }

  /** How many were neither given out nor asked for. */
  get #left(): number {
    return this.#members.count - this.#given - this.#waits.size;
  }

  async #takeResult(): Promise<MemberValue<Given>> {
    const [member] = await this.#take();
    return member as MemberValue<Given>; // a promise: it is unwrapped
  }

  /** The next that has settled, wrapped: a promise of a promise is none. Those who wait are served in order. */
  async #take(): Promise<[Started<Given>]> {
    const signal = this.#signal;
    throwIfEnded(signal === undefined ? noOptions : { signal });
    if (this.#settled.size > 0) return this.#give(this.#settled.shift());
    if (this.#timeout !== null) throw this.#timeout;
    const options = {
      kind: 'next',
      handsOn: false,
      milliseconds: this.#until === null ? null : this.#until - now(),
      ...(signal !== undefined && { signal }),
    } as const;
    return new JointWait<[Started<Given>]>(this.#members, options, this.#waits).promise;
  }

  #give(member: Started<Given>): [Started<Given>] {
    this.#given++;
    return [member];
  }
}
