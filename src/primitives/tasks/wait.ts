// asyncio's wait: until one, or all, of several things have settled, or a time is over.
import { ArgumentError } from '../../errors.ts';
import { checkNumber, checkOptions, describe } from '../arguments.ts';
import { attempt } from './attempt.ts';
import { JointWait, Members } from './joint-wait.ts';
import { startMembers, type Member, type Started } from './members.ts';
import { Task } from './task.ts';
import { throwIfEnded } from '../waiter.ts';

const modes = ['FIRST_COMPLETED', 'FIRST_EXCEPTION', 'ALL_COMPLETED'] as const;

export interface WaitForSomeOptions {
  /** When it returns: with the first that settles, the first that fails (or the last), or the last. Default the last. */
  readonly returnWhen?: (typeof modes)[number];
  /** Milliseconds after which it returns in any case. Nothing is thrown. Default: none. */
  readonly timeout?: number;
  /** Ends the wait with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The members, functions as tasks, by whether they had settled. */
export interface WaitResult<Item> {
  readonly done: Set<Item>;
  readonly pending: Set<Item>;
}

/**
 * Waits for some of several tasks, promises and functions, which it runs as tasks. It cancels none, whether time is over or
 * the wait is ended, and throws nothing of theirs: ask `result()` or `exception()` of what is `done`.
 * @example
 * const { done, pending } = await wait(tasks, { returnWhen: 'FIRST_COMPLETED', timeout: 500 });
 * for (const task of pending) task.cancel();
 * @throws ArgumentError if there is nothing to wait for
 */
export function wait<Given extends Member>(
  given: Iterable<Given>,
  options: WaitForSomeOptions = {},
): Promise<WaitResult<Started<Given>>> {
  return attempt(() => {
    checkOptions(options);
    const { returnWhen = 'ALL_COMPLETED', timeout, signal } = options;
    if (!modes.includes(returnWhen)) {
      throw new ArgumentError(`returnWhen must be ${modes.join(', ')}, got ${describe(returnWhen)}`);
    }
    if (timeout !== undefined) checkNumber(timeout, 'timeout', 0);
    throwIfEnded(signal === undefined ? {} : { signal });
    const all = [...new Set(startMembers('wait', given))] as Started<Given>[];
    if (all.length === 0) throw new ArgumentError('wait was given nothing to wait for');
    const done = new Set<Started<Given>>();
    const result = (): WaitResult<Started<Given>> => ({
      done,
      pending: new Set(all.filter((member) => !done.has(member))),
    });
    const isOver = (failed: boolean): boolean =>
      done.size === all.length || returnWhen === 'FIRST_COMPLETED' || (returnWhen === 'FIRST_EXCEPTION' && failed);

    const members = new Members('wait', returnWhen !== 'ALL_COMPLETED', all);
    const waiter = new JointWait<WaitResult<Started<Given>>>(members, {
      kind: 'wait',
      handsOn: false,
      milliseconds: timeout ?? null,
      ...(signal !== undefined && { signal }),
    });
    if (timeout !== undefined) waiter.after(timeout, () => waiter.resolve(result()));
    members.follow((index, rejected) => {
      if (waiter.outcome !== null) return; // `done` was handed out
      const member = all[index] as Started<Given>;
      done.add(member);
      if (isOver(rejected && !(member instanceof Task && member.cancelled))) waiter.resolve(result());
    }, false);
    return waiter.promise;
  });
}
