// A call that the loop was asked to make: visible until it is made or cancelled. asyncio's Handle and TimerHandle.
import { inspect, types } from 'node:util';
import { taskCreated, taskStarted, type Origin, type Settlement, type TaskRecord } from '../channels/task.ts';
import type { WaitRecord } from '../channels/wait.ts';
import { outcomeOf } from '../errors.ts';
import { now } from '../runtime/clock.ts';
import { nextId, parentForNew, runInTask } from '../runtime/context.ts';
import { originOf } from '../runtime/origin.ts';
import { announceSettled, fulfilment } from '../runtime/settle.ts';
import { park, unpark } from '../runtime/wait.ts';
import { nameOf } from './arguments.ts';
import { setTimer } from './timer.ts';

const cancellation: Settlement = Object.freeze({ outcome: 'cancelled', error: undefined });

/**
 * What `loop.callSoon`, `callLater` and `callAt` return. It is a task of kind `callback`: pending until its function has
 * been called, and if that returns a promise, until that has settled.
 */
export class Callback<Arguments extends readonly unknown[] = readonly unknown[]> implements TaskRecord, Disposable {
  readonly id: number = nextId();
  readonly origin: Origin;
  readonly createdAt: number;
  parent: TaskRecord | null = parentForNew();
  startedAt: number | null = null;
  settlement: Settlement | null = null;
  waits: WaitRecord | null = null;
  previous: TaskRecord | null = null;
  next: TaskRecord | null = null;
  readonly #wait: WaitRecord;
  // Let go of when they are no longer needed: a handle that is kept keeps nothing else.
  #run: ((...values: Arguments) => unknown) | null;
  #arguments: Arguments | null;
  #timer: NodeJS.Timeout | null = null;
  #immediate: NodeJS.Immediate | null = null;
  #holdsProcess = true;

  /**
   * Callbacks are made by `loop`.
   * @param milliseconds null: on the next turn of the loop
   * @internal
   */
  constructor(milliseconds: number | null, run: (...values: Arguments) => unknown, values: Arguments) {
    const at = now();
    this.createdAt = Math.floor(at);
    this.#run = run;
    this.#arguments = values;
    this.origin = originOf('callback', nameOf(run, 'callback'), at);
    if (taskCreated.hasSubscribers) taskCreated.publish(this);
    // its site is that of the callback: it is not looked for twice
    this.#wait = park('start', null, null, milliseconds ?? 0, this, null);
    if (milliseconds === null) this.#immediate = setImmediate(this.#call);
    else this.#startTimer(milliseconds);
  }

  get name(): string {
    return this.origin.name;
  }

  /** Whether it was cancelled before it was called. */
  get cancelled(): boolean {
    return this.settlement === cancellation;
  }

  /** When it is due, on the clock of `loop.time()`. */
  when(): number {
    return this.#wait.until as number;
  }

  /** Sees to it that it is not called. False if it was called or cancelled already. */
  cancel(): boolean {
    if (this.#run === null) return false;
    this.#run = null;
    this.#arguments = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#immediate !== null) clearImmediate(this.#immediate);
    this.#timer = null;
    this.#immediate = null;
    unpark(this.#wait, 'cancelled');
    this.#settle(cancellation);
    return true;
  }

  /** Lets the process end although the call is due later, as `unref` of Node's timers. */
  unref(): this {
    this.#holdsProcess = false;
    this.#due?.unref();
    return this;
  }

  /** Keeps the process alive until the call, which is the default. */
  ref(): this {
    this.#holdsProcess = true;
    this.#due?.ref();
    return this;
  }

  /** Whether it keeps the process alive. */
  hasRef(): boolean {
    return this.#due?.hasRef() ?? false;
  }

  [Symbol.dispose](): void {
    this.cancel();
  }

  /** `<Callback refresh #5 pending>` */
  [inspect.custom](): string {
    return `<Callback ${this.name} #${this.id} ${this.settlement?.outcome ?? 'pending'}>`;
  }

  get #due(): NodeJS.Timeout | NodeJS.Immediate | null {
    return this.#timer ?? this.#immediate;
  }

  #startTimer(milliseconds: number): void {
    if (milliseconds === Infinity) return;
    this.#timer = setTimer(milliseconds, this.#call, (left) => this.#startTimer(left));
    if (!this.#holdsProcess) this.#timer.unref();
  }

  readonly #call = (): void => {
    this.#timer = null;
    this.#immediate = null;
    unpark(this.#wait);
    this.startedAt = now();
    if (taskStarted.hasSubscribers) taskStarted.publish(this);
    const [run, values] = [this.#run, this.#arguments];
    this.#run = null;
    this.#arguments = null;
    runInTask(this, () => this.#callNow(run as (...values: Arguments) => unknown, values as Arguments), null);
  };

  /** What it throws is thrown on: it is an uncaught exception, as from any timer. */
  #callNow(run: (...values: Arguments) => unknown, values: Arguments): void {
    let result: unknown;
    try {
      result = run(...values);
    } catch (error) {
      this.#settle({ outcome: outcomeOf(error), error });
      throw error;
    }
    if (types.isPromise(result)) this.#follow(result);
    else this.#settle(fulfilment);
  }

  /** An async function is visible until it is through; its rejection stays unhandled, as with any timer. */
  #follow(result: Promise<unknown>): void {
    void result.then(
      () => this.#settle(fulfilment),
      (error: unknown) => {
        this.#settle({ outcome: outcomeOf(error), error });
        throw error;
      },
    );
  }

  #settle(settlement: Settlement): void {
    this.settlement = settlement;
    announceSettled(this);
  }
}
