// Items through stages, each with workers of its own and a bounded queue before it: a slow stage slows down those before
// it, and the report shows at which queue they wait.
import type { StageError } from '../errors.ts';
import { onAbort } from '../primitives/abort.ts';
import { checkFunction, checkName, checkOptions, checkSignal } from '../primitives/arguments.ts';
import type { AnyIterable } from '../primitives/iterate.ts';
import { startTask, type Task } from '../primitives/tasks/task.ts';
import { noOptions } from '../primitives/waiter.ts';
import { parentForNew } from '../runtime/context.ts';
import { PipelineRun } from './pipeline-run.ts';
import { stagesOf, type Stage, type StageSettings } from './pipeline-stage.ts';

export interface PipelineOptions {
  /** What reports and spans call it; its queues are called by it and their stage. Default `pipeline`. */
  readonly name?: string;
  /** Whether results come in the order of the items. Default true; false lets the quick pass the slow. */
  readonly ordered?: boolean;
  /** Called with what a stage fails with: the item is left out, and the others go on. Default: the pipeline fails. */
  readonly onError?: (error: StageError) => unknown;
  /** Cancels the run. */
  readonly signal?: AbortSignal;
}

/** What items go through. It can be run any number of times, also at once. */
export interface Pipeline<Input, Output> {
  /**
   * Runs items through the stages while the results are asked for. Leaving the loop ends all of it. A stage that fails ends
   * it with a `StageError`, after the results that were finished before.
   */
  run(source: AnyIterable<Input>, options?: PipelineOptions): AsyncGenerator<Output, void>;
  /** The same, to the end. Resolves to all results. */
  collect(source: AnyIterable<Input>, options?: PipelineOptions): Task<Output[]>;
}

export function pipeline<A, B>(first: Stage<A, B>): Pipeline<A, B>;
export function pipeline<A, B, C>(first: Stage<A, B>, second: Stage<B, C>): Pipeline<A, C>;
export function pipeline<A, B, C, D>(a: Stage<A, B>, b: Stage<B, C>, c: Stage<C, D>): Pipeline<A, D>;
export function pipeline<A, B, C, D, E>(a: Stage<A, B>, b: Stage<B, C>, c: Stage<C, D>, d: Stage<D, E>): Pipeline<A, E>;
export function pipeline<A, B, C, D, E, F>(
  a: Stage<A, B>,
  b: Stage<B, C>,
  c: Stage<C, D>,
  d: Stage<D, E>,
  e: Stage<E, F>,
): Pipeline<A, F>;
/**
 * Stages in their order: functions, or functions with a name, a concurrency and a capacity.
 * @example
 * const imports = pipeline(validate, { run: transform, concurrency: 4 }, { name: 'persist', run: save, capacity: 100 });
 * for await (const saved of imports.run(rows, { name: 'import' })) count++;
 * @throws ArgumentError if a stage is neither, or an option of one is out of range
 */
export function pipeline(...stages: Stage<never, unknown>[]): Pipeline<unknown, unknown> {
  const settings = stagesOf(stages);
  return {
    run: (source, options = noOptions) => runThrough(settings, source, check(options)),
    collect(source, options = noOptions) {
      const { signal, name = 'pipeline' } = check(options);
      return startTask(
        'task',
        () => gatherAll(runThrough(settings, source, options)),
        { name: `collect ${name}`, ...(signal !== undefined && { signal }) },
        parentForNew(),
      );
    },
  };
}

async function gatherAll<Output>(results: AsyncIterable<Output>): Promise<Output[]> {
  const all: Output[] = [];
  for await (const result of results) all.push(result);
  return all;
}

function check(options: PipelineOptions): PipelineOptions {
  checkOptions(options);
  if (options.onError !== undefined) checkFunction(options.onError, 'onError');
  if (options.signal !== undefined) checkSignal(options.signal);
  checkName(options.name, 'pipeline');
  return options;
}

async function* runThrough(
  stages: readonly StageSettings[],
  source: AnyIterable<unknown>,
  { name, ordered = true, onError, signal }: PipelineOptions,
): AsyncGenerator<unknown, void> {
  const run = new PipelineRun(checkName(name, 'pipeline'), stages, source, ordered, onError ?? null);
  const abort = (): void => run.stop(signal?.reason);
  const stopListening = signal === undefined || signal.aborted ? null : onAbort(signal, abort);
  try {
    if (signal?.aborted === true) abort();
    yield* run.results();
  } finally {
    stopListening?.();
    await run.end();
  }
  run.throwIfFailed();
}
