// asyncio's gather: the results of several things that run at the same time, in the order in which they were given.
import { currentTask } from '../../runtime/context.ts';
import { checkOptions } from '../arguments.ts';
import { attempt } from './attempt.ts';
import { JointWait, Members } from './joint-wait.ts';
import { startMembers, type Member, type MemberValue } from './members.ts';
import { throwIfOptionsEnd, type WaitOptions } from '../waiter.ts';

export interface GatherOptions extends WaitOptions {
  /** True: errors stand among the results, and it waits for all. Default false: the first error is thrown at once. */
  readonly returnExceptions?: boolean;
}

/** What `gather` resolves to: an array, with the type of each member where they were given as one. */
export type Gathered<Given extends readonly unknown[]> = {
  -readonly [Index in keyof Given]: MemberValue<Given[Index]>;
};

/**
 * Waits for tasks, promises and functions, which it runs as tasks, all at the same time.
 *
 * The first error is thrown at once, and the others go on, as in asyncio; a `TaskGroup` cancels them. When the waiting
 * task is cancelled, or `signal` or `timeout` ends the wait, the tasks are cancelled, but those that somebody else awaits,
 * and it ends when they have.
 * @example const [user, orders] = await gather([() => loadUser(id), () => loadOrders(id)]);
 * @throws ArgumentError if a member is nothing that can be awaited
 */
export function gather<const Given extends readonly Member[]>(
  members: Given,
  options?: GatherOptions & { readonly returnExceptions?: false },
): Promise<Gathered<Given>>;
export function gather<Value>(
  members: Iterable<Member<Value>>,
  options?: GatherOptions & { readonly returnExceptions?: false },
): Promise<Value[]>;
export function gather(members: Iterable<Member>, options?: GatherOptions): Promise<unknown[]>;
export function gather(given: Iterable<Member>, options: GatherOptions = {}): Promise<unknown[]> {
  return attempt(() => {
    checkOptions(options);
    const { returnExceptions = false, ...ends } = options;
    throwIfOptionsEnd(ends);
    const cancellation = currentTask()?.takeCancellation?.();
    const started = startMembers('gather', given, cancellation === undefined);
    const results = new Array<unknown>(started.length);
    if (started.length === 0) {
      if (cancellation !== undefined) throw cancellation;
      return Promise.resolve(results);
    }
    const members = new Members('gather', false, started);
    const wait = new JointWait<unknown[]>(members, { kind: 'await', handsOn: true, cancellation, ...ends });
    members.follow((index, rejected, result) => {
      results[index] = result;
      if (rejected && !returnExceptions) wait.reject(result);
      else if (members.left === 0) wait.resolve(results);
    });
    return wait.promise;
  });
}
