// A group of tasks which end together.
import type { TaskRecord } from '../../channels/task.ts';
import { CancelledError, StateError } from '../../errors.ts';
import { currentTask, parentForNew } from '../../runtime/context.ts';
import { List } from '../../runtime/list.ts';
import { checkFunction, checkName, checkOptions } from '../arguments.ts';
import { attempt } from './attempt.ts';
import { toCancelledError } from './cancellation.ts';
import { startTask, Task, type TaskFunction, type TaskOptions } from './task.ts';
import { noOptions, throwIfEnded, Waiter } from '../waiter.ts';

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
  #starting = 0;
  readonly #joiners: List<Waiter<void>> = new List();
  readonly #failures: unknown[] = [];
  /** What the group was cancelled with, once it was. */
  #cancellation: CancelledError | null = null;
  #left = false;
  /** What `run` returned. */
  #result: Promise<unknown> | null = null;

  /** For `await using`; `TaskGroup.run` also cancels the body of the group when a task fails. */
  constructor(options: TaskGroupOptions = {}) {
    checkOptions(options);
    const { name } = options;
    this.#record = new Task<void>('group', checkName(name, 'group'), parentForNew()).follow(this.#end.promise);
    this.#record.observe(ignore, ignore); // whoever joins is told of the failures
  }

  /**
   * Runs a function with a group, and waits for all tasks of the group.
   * @returns what the function returned
   * @throws AggregateError with all failures, if the function or a task failed; else the cancellation, if the caller or
   * the group was cancelled
   */
  static run<Value>(
    main: (group: TaskGroup) => Value | PromiseLike<Value>,
    options: TaskGroupOptions = {},
  ): Promise<Value> {
    return attempt(() => {
      checkFunction(main, 'the function of a task group');
      const group = new TaskGroup(options);
      const result = group.#run(main);
      group.#result = result;
      return result;
    });
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
    if (this.#left) throw new StateError(`task group ${this.name} was left: it takes no more tasks`);
    const task = this.#start(run, options);
    this.#pending.add(task);
    task.observe(
      () => this.#noteSettled(task, false),
      (error) => this.#noteSettled(task, true, error),
    );
    if (this.#cancellation !== null) task.cancel(this.#cancellation);
    return task;
  }

  /** Cancels all tasks of the group. */
  cancel(reason?: unknown): void {
    this.#cancellation = toCancelledError(reason, `task group ${this.name}`);
    this.#record.cancel(this.#cancellation);
    for (const task of this.#pending) task.cancel(this.#cancellation);
  }

  /**
   * Waits until all tasks of the group have settled; then the group takes no more. Throws as `run` does. If the waiting
   * task is cancelled, the tasks of the group are too, and are waited for before the cancellation goes on. If one of
   * them fails nevertheless, the failures are thrown, and the cancellation comes back at the next wait, as in asyncio.
   * @throws StateError if it is called by a task of the group
   */
  async join(): Promise<void> {
    const caller = currentTask();
    if (caller !== null && caller.parent === this.#record && caller.settlement === null) {
      const { origin, id } = caller;
      throw new StateError(`task ${origin.name} #${id} joins its own group ${this.name}: it would wait for itself`);
    }
    let cancellation: unknown;
    while (!this.#isEmpty()) {
      try {
        await this.#allSettled();
      } catch (error) {
        cancellation ??= error;
        this.#result?.catch(ignore); // a cancellation that nobody awaits yet is no crash
        this.#cancelOnce(error);
        // What runs inside of the group may be what the group waits for.
        if (caller !== null && this.#isInside(caller)) throw error;
      }
    }
    this.#left = true;
    const count = this.#failures.length;
    if (count > 0) {
      const failure = new AggregateError(
        this.#failures,
        `${count} failure${count === 1 ? '' : 's'} in task group ${this.name}`,
      );
      this.#end.reject(failure);
      if (cancellation !== undefined && caller instanceof Task) caller.deliverAgain();
      throw failure;
    }
    if (this.#cancellation === null) this.#end.resolve();
    else this.#end.reject(this.#cancellation);
    if (cancellation !== undefined) throw cancellation;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.join();
  }

  async #run<Value>(main: (group: TaskGroup) => Value | PromiseLike<Value>): Promise<Value> {
    const body = this.createTask(() => main(this), { name: `${this.name} body` });
    // A body that was cancelled by somebody else is no failure, but the tasks that it started have nobody left.
    body.observe(ignore, (error) => this.#cancelOnce(error));
    await this.join();
    return body;
  }

  /** A task whose function runs for the first time is in the group already: what it calls must find it there. */
  #start<Value>(run: TaskFunction<Value>, options: TaskOptions): Task<Value> {
    this.#starting++;
    try {
      return startTask('task', run, options, this.#record);
    } finally {
      this.#starting--;
    }
  }

  #isInside(task: TaskRecord): boolean {
    for (let { parent } = task; parent !== null; parent = parent.parent) if (parent === this.#record) return true;
    return false;
  }

  #isEmpty(): boolean {
    return this.#pending.size === 0 && this.#starting === 0;
  }

  #allSettled(): Promise<void> {
    throwIfEnded(noOptions);
    return new Waiter<void>('join', this.#record, undefined, noOptions, this.#joiners).promise;
  }

  /** For what follows from another end: tasks that clean up already are not disturbed by a second cancellation. */
  #cancelOnce(reason: unknown): void {
    if (this.#cancellation === null) this.cancel(reason);
  }

  #noteSettled(task: Task, failed: boolean, error?: unknown): void {
    this.#pending.delete(task);
    if (failed && !(error instanceof CancelledError)) {
      this.#failures.push(error);
      this.#cancelOnce(
        new CancelledError(`task ${task.name} #${task.id} of group ${this.name} failed`, { cause: error }),
      );
    }
    if (!this.#isEmpty()) return;
    for (let joiner = this.#joiners.shift(); joiner !== null; joiner = this.#joiners.shift()) joiner.resolve();
  }
}

function ignore(): void {
  // told elsewhere
}
