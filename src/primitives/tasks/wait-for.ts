// asyncio's wait_for: one awaitable, with a timeout that cancels it.
import { currentTask } from '../../runtime/context.ts';
import { checkNumber, checkOptions } from '../arguments.ts';
import { attempt } from './attempt.ts';
import { JointWait, Members } from './joint-wait.ts';
import { startMembers, type Member, type MemberValue } from './members.ts';
import { throwIfOptionsEnd } from '../waiter.ts';

export interface WaitForOptions {
  /** Ends the wait with the signal's reason, and cancels as the timeout does. */
  readonly signal?: AbortSignal;
}

/**
 * Waits for a task, a promise, or a function that it runs as a task, for a time. When that is over the task is cancelled,
 * unless somebody else awaits it, and the timeout is thrown when it has ended, or at once if it cannot know of its
 * cancellation, because it awaits a foreign promise and never took its signal. A task that declines and returns something
 * nevertheless has that returned. A promise that is no task goes on, and nobody hears of its end.
 * @example const user = await waitFor(({ signal }) => loadUser(id, signal), 500);
 * @param milliseconds at least 0; Infinity is never
 * @throws TimeoutError if the time was over
 */
export function waitFor<Given extends Member>(
  given: Given,
  milliseconds: number,
  options: WaitForOptions = {},
): Promise<MemberValue<Given>> {
  return attempt(() => {
    checkNumber(milliseconds, 'milliseconds', 0);
    checkOptions(options);
    const ends = { ...options, timeout: milliseconds };
    throwIfOptionsEnd(ends);
    const cancellation = currentTask()?.takeCancellation?.();
    const members = new Members('waitFor', false, startMembers('waitFor', [given], cancellation === undefined));
    const wait = new JointWait<MemberValue<Given>>(members, {
      kind: 'await',
      handsOn: true,
      valueWins: true,
      cancellation,
      ...ends,
    });
    members.follow((_index, rejected, result) => {
      if (rejected) wait.reject(result);
      else wait.resolve(result as MemberValue<Given>);
    });
    return wait.promise;
  });
}
