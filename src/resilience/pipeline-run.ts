// One run of a pipeline: a task that reads the source, tasks for each stage, and queues between them.
import { CancelledError, QueueShutDownError, StageError } from '../errors.ts';
import { iterate, type AnyIterable } from '../primitives/iterate.ts';
import { Queue } from '../primitives/queues/queue.ts';
import { TaskGroup } from '../primitives/tasks/task-group.ts';
import type { Task } from '../primitives/tasks/task.ts';
import { noOptions, Waiter } from '../primitives/waiter.ts';
import type { StageSettings } from './pipeline-stage.ts';

interface Item {
  readonly index: number;
  readonly value: unknown;
}

/** Lets what was taken first be handed on first. */
class Turns {
  #last: Promise<void> = Promise.resolve();
  #open = 0;

  /** To be called when an item is taken: resolves when all before it were handed on; null if they were already. */
  take(): { readonly before: Promise<void> | null; readonly done: () => void } {
    const before = this.#open++ === 0 ? null : this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    return {
      before,
      done: () => {
        this.#open--;
        resolve();
      },
    };
  }
}

export class PipelineRun {
  readonly #name: string;
  readonly #onError: ((error: StageError) => unknown) | null;
  readonly #group: TaskGroup;
  readonly #results: Queue<Item>;
  #failure: { readonly error: unknown } | null = null;

  constructor(
    name: string,
    stages: readonly StageSettings[],
    source: AnyIterable<unknown>,
    isOrdered: boolean,
    onError: ((error: StageError) => unknown) | null,
  ) {
    this.#name = name;
    this.#onError = onError;
    this.#group = new TaskGroup({ name });
    const queues = stages.map((stage) => new Queue<Item>({ name: `${name} ${stage.name}`, maxsize: stage.capacity }));
    this.#results = new Queue<Item>({ name: `${name} results`, maxsize: stages.at(-1)?.capacity ?? 1 });
    const [first = this.#results, ...others] = queues;
    this.#group.createTask(() => this.#feed(source, first), { name: `${name} source`, eager: false });
    let from = first;
    for (const [position, stage] of stages.entries()) {
      const to = others[position] ?? this.#results;
      this.#startStage(stage, from, to, isOrdered && stage.concurrency > 1 ? new Turns() : null);
      from = to;
    }
  }

  async *results(): AsyncGenerator<unknown, void> {
    for await (const { value } of this.#results) yield value;
  }

  /** Ends everything, with this failure if it is the first. What was finished before can still be taken. */
  stop(error: unknown): void {
    this.#failure ??= { error };
    this.#group.cancel(error);
    this.#results.shutdown();
  }

  /** Cancels what still runs, and waits for it. */
  async end(): Promise<void> {
    this.#group.cancel();
    try {
      await this.#group.join();
    } catch {
      // the failure is known, and a cancellation goes on by itself
    }
  }

  throwIfFailed(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }

  async #feed(source: AnyIterable<unknown>, to: Queue<Item>): Promise<void> {
    let index = 0;
    try {
      for await (const value of iterate(source, { name: `${this.#name} source` }))
        await to.put({ index: index++, value });
    } catch (error) {
      this.#end(error, () => new StageError(`${this.#name} source`, index, undefined, error));
    }
    to.shutdown();
  }

  #startStage(stage: StageSettings, from: Queue<Item>, to: Queue<Item>, turns: Turns | null): void {
    let working = stage.concurrency;
    const work = async ({ signal }: Task<void>): Promise<void> => {
      try {
        await this.#work(stage, from, to, turns, signal);
      } catch (error) {
        this.#end(error, () => error);
      }
      if (--working === 0) to.shutdown();
    };
    for (let worker = 0; worker < stage.concurrency; worker++) {
      this.#group.createTask(work, { name: `${this.#name} ${stage.name}`, eager: false });
    }
  }

  async #work(
    stage: StageSettings,
    from: Queue<Item>,
    to: Queue<Item>,
    turns: Turns | null,
    signal: AbortSignal,
  ): Promise<void> {
    for await (const { index, value } of from) {
      const turn = turns?.take();
      try {
        const result = await this.#call(stage, index, value, signal);
        if (turn !== undefined && turn.before !== null) await putInTurn(to, turn.before);
        if (result !== null) await to.put({ index, value: result.value });
      } finally {
        turn?.done();
        from.taskDone();
      }
    }
  }

  /** Null if the item failed, and is left out. */
  async #call(
    { name, run }: StageSettings,
    index: number,
    item: unknown,
    signal: AbortSignal,
  ): Promise<{ readonly value: unknown } | null> {
    try {
      return { value: await run(item, { index, signal }) };
    } catch (error) {
      if (error instanceof CancelledError && signal.aborted) throw error;
      const failure = new StageError(name, index, item, error);
      if (this.#onError === null) throw failure;
      await this.#onError(failure);
      return null;
    }
  }

  /** A failure stops everything; what follows from a stop does not. */
  #end(error: unknown, failure: () => unknown): void {
    if (this.#failure !== null || this.#group.signal.aborted) return;
    if (error instanceof QueueShutDownError || error instanceof CancelledError) this.stop(error);
    else this.stop(failure());
  }
}

/** Waits as if to put: the results before this one are not put yet. */
function putInTurn(to: Queue<Item>, before: Promise<void>): Promise<void> {
  const waiter = new Waiter<void>('put', to, undefined, noOptions, null);
  void before.then(() => waiter.resolve());
  return waiter.promise;
}
