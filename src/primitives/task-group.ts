// A group of tasks which end together.
import { CancelledError, StateError } from '../errors.ts';
import { parentForNew } from '../runtime/context.ts';
import { List } from '../runtime/list.ts';
import { checkFunction, checkName } from './arguments.ts';
import { startTask, Task, type TaskFunction, type TaskOptions } from './task.ts';
import { noOptions, throwIfEnded, Waiter } from './waiter.ts';

export interface TaskGroupOptions {
  /** What reports and spans call it. Default `group`. */
  readonly name?: string;
}

/**
 * Tasks which end together: the group is left when all of them have settled, and the first that fails cancels the rest.
 * @example
 * const report = await TaskGroup.run(async (group) => {
 *   const user = group.createTask(loadUser);
 *   const orders = group.createTask(loadOrders);
 *   return render(await user, await orders);
 * }, { name: 'report' });
 */
export class TaskGroup implements AsyncDisposable {
  readonly #record: Task<void>;
  readonly #end: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly #pending = new Set<Task>();
  readonly #joiners: List<Waiter<void>> = new List();
  readonly #failures: unknown[] = [];
  #left = false;

  /** For `await using`; `TaskGroup.run` also cancels the body of the group when a task fails. */
  constructor({ name }: TaskGroupOptions = {}) {
    this.#record = new Task<void>('group', checkName(name, 'group'), parentForNew()).follow(this.#end.promise);
    this.#record.watch(() => {}); // whoever joins is told of the failures
  }

  /**
   * Runs a function with a group, and waits for all tasks of the group.
   * @returns what the function returned
   * @throws AggregateError with all failures, if the function or a task failed; the cancellation, if the caller was cancelled
   */
  static async run<Value>(
    main: (group: TaskGroup) => Value | PromiseLike<Value>,
    options: TaskGroupOptions = {},
  ): Promise<Value> {
    checkFunction(main, 'the function of a task group');
    const group = new TaskGroup(options);
    const body = group.createTask(() => main(group), { name: `${group.#record.name} body` });
    await group.join();
    return body;
  }

  get name(): string {
    return this.#record.name;
  }

  /** Aborted when the group is cancelled. */
  get signal(): AbortSignal {
    return this.#record.signal;
  }

  /**
   * Runs a function as a task of this group.
   * @throws StateError if the group was left already
   */
  createTask<Value>(run: TaskFunction<Value>, options: TaskOptions = {}): Task<Value> {
    checkFunction(run, 'the function of a task');
    if (this.#left) throw new StateError(`task group ${this.name} was left: it takes no more tasks`);
    const task = startTask('task', run, options, this.#record);
    this.#pending.add(task as Task);
    task.watch((failed, error) => this.#noteSettled(task as Task, failed, error));
    if (this.#record.signal.aborted) task.cancel(this.#record.signal.reason);
    return task;
  }

  /** Cancels all tasks of the group. */
  cancel(reason?: unknown): void {
    this.#record.cancel(reason);
    for (const task of this.#pending) task.cancel(reason);
  }

  /**
   * Waits until all tasks of the group have settled; then the group takes no more. Throws as `run` does. If the waiting
   * task is cancelled, the tasks of the group are too, and are waited for before the cancellation goes on.
   */
  async join(): Promise<void> {
    let cancellation: unknown;
    while (this.#pending.size > 0) {
      try {
        await this.#allSettled();
      } catch (error) {
        cancellation ??= error;
        this.cancel(error);
      }
    }
    this.#left = true;
    const count = this.#failures.length;
    if (count > 0) {
      const message = `${count} failure${count === 1 ? '' : 's'} in task group ${this.name}`;
      cancellation ??= new AggregateError(this.#failures, message);
    }
    if (cancellation === undefined) {
      this.#end.resolve();
      return;
    }
    this.#end.reject(cancellation);
    throw cancellation;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.join();
  }

  #allSettled(): Promise<void> {
    throwIfEnded(noOptions);
    const joiner = new Waiter<void>('join', this.#record, undefined, noOptions, (gone) => {
      this.#joiners.remove(gone);
    });
    this.#joiners.push(joiner);
    return joiner.promise;
  }

  #noteSettled(task: Task, failed: boolean, error: unknown): void {
    this.#pending.delete(task);
    if (failed && !(error instanceof CancelledError)) {
      this.#failures.push(error);
      this.cancel(new CancelledError(`task ${task.name} #${task.id} of group ${this.name} failed`, { cause: error }));
    }
    if (this.#pending.size > 0) return;
    for (let joiner = this.#joiners.shift(); joiner !== null; joiner = this.#joiners.shift()) joiner.resolve();
  }
}
