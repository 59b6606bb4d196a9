// One stage of a pipeline, as it is given and with its defaults.
import { ArgumentError } from '../errors.ts';
import { checkCount, checkFunction, checkName, nameOf } from '../primitives/arguments.ts';

/** What a stage is told beside the item. */
export interface StageContext {
  /** Which item of the source it is, from 0. */
  readonly index: number;
  /** Aborted when the pipeline ends before the item is done. */
  readonly signal: AbortSignal;
}

export type StageFunction<Input, Output> = (item: Input, context: StageContext) => Output | PromiseLike<Output>;

/** A function, or a function and how it is called. */
export type Stage<Input, Output> =
  | StageFunction<Input, Output>
  | {
      readonly run: StageFunction<Input, Output>;
      /** What errors, reports and spans call it. Default: the name of the function, or `stage 2`. */
      readonly name?: string;
      /** How many items it works on at a time. Default 1. */
      readonly concurrency?: number;
      /** The most items that wait for it. Default: its concurrency. */
      readonly capacity?: number;
    };

export interface StageSettings {
  readonly run: StageFunction<unknown, unknown>;
  readonly name: string;
  readonly concurrency: number;
  readonly capacity: number;
}

/** @throws ArgumentError saying which stage is wrong */
export function stagesOf(stages: readonly Stage<never, unknown>[]): StageSettings[] {
  if (stages.length === 0) throw new ArgumentError('a pipeline needs at least one stage');
  return stages.map((stage, position) => {
    if (typeof stage !== 'object' || stage === null) checkFunction(stage, `stage ${position + 1}`);
    const { run, name, concurrency = 1, capacity = concurrency } = typeof stage === 'function' ? { run: stage } : stage;
    checkFunction(run, `stage ${position + 1}`);
    checkCount(concurrency, `concurrency of stage ${position + 1}`, 1);
    checkCount(capacity, `capacity of stage ${position + 1}`, 1);
    if (concurrency === Infinity) throw new ArgumentError(`concurrency of stage ${position + 1} must be finite`);
    return {
      run: run as StageFunction<unknown, unknown>,
      name: checkName(name, nameOf(run, `stage ${position + 1}`)),
      concurrency,
      capacity,
    };
  });
}
