// asyncio's timeout and timeout_at: a function that is cancelled when its time is over, which may be moved meanwhile.
import { StateError, TimeoutError } from '../../errors.ts';
import { now } from '../../runtime/clock.ts';
import { parentForNew } from '../../runtime/context.ts';
import { checkFunction, checkName, checkNumber, checkOptions, checkSignal, nameOf } from '../arguments.ts';
import { attempt } from './attempt.ts';
import { JointWait, Members } from './joint-wait.ts';
import { startTask, type Task } from './task.ts';
import { startTimer } from '../timer.ts';
import { noOptions, throwIfEnded } from '../waiter.ts';

export interface TimeoutOptions {
  /** What reports, spans and metrics call the task of the function. Default: the name of the function, or `timeout`. */
  readonly name?: string;
  /** Cancels the function when it is aborted. */
  readonly signal?: AbortSignal;
}

/** The time that a function has. */
export interface TimeoutScope {
  /** Aborted when its time is over, and when it is cancelled otherwise. */
  readonly signal: AbortSignal;
  /** Whether its time is over. Stays true. */
  readonly expired: boolean;
  /** When its time is over, on the clock of `performance.now()`; Infinity for never. */
  when(): number;
  /**
   * Moves that moment. One that has passed is now; Infinity is never.
   * @throws StateError if the time is over, or the function has settled
   */
  reschedule(when: number): void;
}

/**
 * Runs a function as a task which is cancelled after a time. It may clean up; the timeout is thrown when it has ended, or at
 * once if it cannot know of its cancellation, because it awaits a foreign promise and has not looked at `signal`. If it
 * declines and returns something nevertheless, that is returned.
 * @example const user = await timeout(500, async ({ signal }) => (await fetch(url, { signal })).json());
 * @param milliseconds at least 0; Infinity is never
 * @throws TimeoutError if its time was over; a cancellation from elsewhere stays a CancelledError
 */
export function timeout<Value>(
  milliseconds: number,
  run: (scope: TimeoutScope) => Value | PromiseLike<Value>,
  options: TimeoutOptions = {},
): Promise<Value> {
  return attempt(() => {
    checkNumber(milliseconds, 'milliseconds', 0);
    return runUntil(now() + milliseconds, `timed out after ${milliseconds} ms`, run, options);
  });
}

/** The same with a moment in the place of a time, on the clock of `performance.now()`. One that has passed is now. */
export function timeoutAt<Value>(
  deadline: number,
  run: (scope: TimeoutScope) => Value | PromiseLike<Value>,
  options: TimeoutOptions = {},
): Promise<Value> {
  return attempt(() => {
    checkNumber(deadline, 'deadline', -Infinity);
    return runUntil(deadline, 'its deadline has passed', run, options);
  });
}

function runUntil<Value>(
  deadline: number,
  words: string,
  run: (scope: TimeoutScope) => Value | PromiseLike<Value>,
  options: TimeoutOptions,
): Promise<Value> {
  checkFunction(run, 'the function with a timeout');
  checkOptions(options);
  const { signal } = options;
  if (signal !== undefined) checkSignal(signal);
  const name = checkName(options.name, nameOf(run, 'timeout'));
  throwIfEnded(noOptions);
  const limit = new Limit(deadline, name, words);
  const task = startTask<Value>(
    'task',
    (self) => {
      limit.task = self;
      return run(limit);
    },
    { name, ...(signal !== undefined && { signal }) },
    parentForNew(),
  );
  const members = new Members('timeout', false, [task]);
  const wait = new JointWait<Value>(members, { kind: 'await', handsOn: true, valueWins: true });
  members.follow((_index, rejected, result) => {
    if (rejected) wait.reject(result);
    else wait.resolve(result as Value);
  });
  limit.begin(wait);
  const result = wait.promise.finally(() => limit.end());
  wait.result = result;
  return result;
}

/** What a timeout ends. */
type Limited = Pick<JointWait<unknown>, 'until' | 'abort'>;

/** One running timeout. */
class Limit implements TimeoutScope {
  task: Pick<Task, 'signal'> | null = null;
  readonly #name: string;
  readonly #words: string;
  #when: number;
  #wait: Limited | null = null;
  #isExpired = false;
  #isOver = false;
  #stopTimer: () => void = () => {};

  constructor(when: number, name: string, words: string) {
    this.#when = when;
    this.#name = name;
    this.#words = words;
  }

  get signal(): AbortSignal {
    return (this.task as Pick<Task, 'signal'>).signal;
  }

  get expired(): boolean {
    return this.#isExpired;
  }

  when(): number {
    return this.#when;
  }

  reschedule(when: number): void {
    checkNumber(when, 'when', -Infinity);
    if (this.#isExpired || this.#isOver) {
      throw new StateError(`the timeout of ${this.#name} is over: it cannot be rescheduled`);
    }
    this.#when = when;
    this.#start();
  }

  begin(wait: Limited): void {
    this.#wait = wait;
    this.#start();
  }

  end(): void {
    this.#isOver = true;
    this.#stopTimer();
  }

  #start(): void {
    const wait = this.#wait;
    if (wait === null) return; // the function is still in its first turn
    this.#stopTimer();
    wait.until = this.#when;
    this.#stopTimer = startTimer(Math.max(0, this.#when - now()), () => {
      this.#isExpired = true;
      wait.abort(new TimeoutError(`${this.#name}: ${this.#words}`), 'timed out');
    });
  }
}
