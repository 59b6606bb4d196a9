// asyncio's shield: what is waited for goes on when the one that waits is cancelled.
import { CancelledError } from '../../errors.ts';
import { attempt } from './attempt.ts';
import { JointWait, Members } from './joint-wait.ts';
import { startMembers, type Member, type MemberValue } from './members.ts';
import { Task } from './task.ts';
import { noOptions, throwIfEnded, type WaitOptions } from '../waiter.ts';

/**
 * Waits for a task, a promise, or a function that it runs as a task, which a cancellation of the waiting task does not
 * reach: only the wait ends. If it fails after that, and nobody else awaits it, that is an unhandled rejection;
 * not if it is cancelled, or what it awaits is.
 * @example await shield(() => commit(order));
 */
export function shield<Given extends Member>(
  given: Given,
  options: WaitOptions = noOptions,
): Promise<MemberValue<Given>> {
  return attempt(() => {
    throwIfEnded(options);
    const [member] = startMembers('shield', [given]);
    const members = new Members('shield', false, [member]);
    const wait = new JointWait<MemberValue<Given>>(members, { kind: 'await', handsOn: false, ...options });
    members.follow((_index, rejected, result) => {
      const isOver = wait.outcome !== null;
      if (!rejected) wait.resolve(result as MemberValue<Given>);
      else if (isOver && member instanceof Task && member.awaiters === 0 && !(result instanceof CancelledError))
        throw result;
      else wait.reject(result);
    });
    return wait.promise;
  });
}
