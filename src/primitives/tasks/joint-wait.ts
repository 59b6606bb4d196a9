// A wait for several things at once: one record in the list of its task, which is asked for what is pending when somebody
// wants a report, and costs nothing per member until then.
import type { Outcome, TaskRecord } from '../../channels/task.ts';
import type { WaitKind, WaitMembers } from '../../channels/wait.ts';
import { CancelledError, outcomeOf } from '../../errors.ts';
import { cancelAwaited } from './await-wait.ts';
import { observe } from './members.ts';
import { Task } from './task.ts';
import { Waiter, type Line, type WaitOptions } from '../waiter.ts';

/** The members of a wait, and which of them are pending. */
export class Members implements WaitMembers {
  readonly by: string;
  readonly any: boolean;
  readonly count: number;
  /** How many have not settled. */
  left: number;
  /** Undefined in the place of each that has settled. */
  readonly #members: (readonly [unknown] | undefined)[];

  constructor(by: string, any: boolean, members: readonly unknown[]) {
    this.by = by;
    this.any = any;
    this.count = members.length;
    this.left = members.length;
    this.#members = members.map((member) => [member]);
  }

  /** Calls `settled` for each as it settles. */
  follow(settled: (index: number, rejected: boolean, result: unknown) => void, isRetrieved = true): void {
    for (const [index, each] of this.#members.entries()) {
      if (each === undefined) continue;
      const end = (rejected: boolean, result: unknown): void => {
        this.#members[index] = undefined;
        this.left--;
        settled(index, rejected, result);
      };
      observe(
        each[0],
        (value) => end(false, value),
        (error) => end(true, error),
        isRetrieved,
      );
    }
  }

  *pending(): Generator<{ index: number; on: TaskRecord | null }> {
    for (const [index, each] of this.#members.entries()) {
      if (each !== undefined) yield { index, on: each[0] instanceof Task ? each[0] : null };
    }
  }

  *tasks(): Generator<Task> {
    for (const each of this.#members) if (each?.[0] instanceof Task) yield each[0];
  }
}

export interface JointOptions extends WaitOptions {
  readonly kind: WaitKind;
  /** Whether a cancellation goes on to those members that nobody else awaits. */
  readonly handsOn: boolean;
  /** Whether members that are cancelled and settle with a value all the same have the last word. Default false. */
  readonly valueWins?: boolean;
  /** When it ends by itself, for the report alone. */
  readonly milliseconds?: number | null;
  /** A cancellation of the waiting task that was not delivered yet. */
  readonly cancellation?: unknown;
}

/** The wait. Resolve and reject it as its members settle. */
export class JointWait<Value> extends Waiter<Value> {
  readonly #members: Members;
  readonly #handsOn: boolean;
  readonly #valueWins: boolean;
  /** Those of its members that it cancelled. */
  #cancelled: readonly Task[] = [];
  /** What it is ended with from outside, once it is: then its members only say when. */
  #ending: { readonly reason: unknown; readonly outcome: Outcome } | null = null;

  constructor(
    members: Members,
    { kind, handsOn, valueWins = false, milliseconds, cancellation, ...options }: JointOptions,
    line: Line<Waiter<Value>> | null = null,
  ) {
    super(kind, null, undefined, options, line, milliseconds ?? options.timeout ?? null, members);
    this.#members = members;
    this.#handsOn = handsOn;
    this.#valueWins = valueWins;
    if (handsOn) for (const task of members.tasks()) task.awaiters++;
    if (cancellation !== undefined) this.cancel?.(cancellation);
  }

  /** Its members are being cancelled. */
  get isEnding(): boolean {
    return this.#ending !== null;
  }

  override resolve(value: Value): void {
    const hasLastWord = this.#valueWins && this.#cancelled.every(({ notices }) => notices);
    if (this.#ending === null || hasLastWord) this.#end(() => super.resolve(value));
    else this.#endWith(this.#ending.reason, this.#ending.outcome);
  }

  override reject(reason: unknown, outcome: Outcome = outcomeOf(reason)): void {
    const isOwn = reason === this.#ending?.reason || reason instanceof CancelledError;
    if (this.#ending === null || !isOwn) this.#endWith(reason, outcome);
    else this.#endWith(this.#ending.reason, this.#ending.outcome);
  }

  /** Cancels what it hands the cancellation on to, and ends when that has. A cancellation goes before a timeout. */
  override abort(reason: unknown, outcome: Outcome): void {
    if (this.#handsOn) this.#cancelled = [...this.#members.tasks()];
    const ended = cancelAwaited(this.#cancelled, this.task, reason);
    if (ended === null) {
      this.#endWith(reason, outcome);
      return;
    }
    if (this.#ending?.outcome !== 'cancelled') this.#ending = { reason, outcome };
    const { reason: first, outcome: how } = this.#ending;
    void ended.then(() => this.#endWith(first, how));
  }

  #endWith(reason: unknown, outcome: Outcome): void {
    this.#end(() => super.reject(reason, outcome));
  }

  /** Those that are pending are not waited for any more: who awaits them now may be the only one. */
  #end(end: () => void): void {
    if (this.outcome !== null) return;
    if (this.#handsOn && this.#members.left > 0) for (const task of this.#members.tasks()) task.awaiters--;
    end();
  }
}
