// A part of what is suspended: some functions, and all that they await in the end.
import type { AwaitReport, PendingPromise, Source, SuspendedFunction } from './awaits.ts';
import { promisesOf } from './promises-of.ts';

/** The report with the functions that `isWanted` lets through, and what these lead to. Linear in its size. */
export function partOfAwaits(report: AwaitReport, isWanted: (suspended: SuspendedFunction) => boolean): AwaitReport {
  const functions = new Set(report.functions.filter(isWanted));
  const promises = new Set<PendingPromise>();
  const addPromise = (id: number): void => {
    const promise = report.promises[id];
    if (promise !== undefined) promises.add(promise);
  };
  const addFunction = (id: number): void => {
    const suspended = report.functions[id];
    if (suspended === undefined || functions.has(suspended)) return;
    functions.add(suspended);
    addPromise(suspended.awaits);
  };
  for (const { awaits } of functions) addPromise(awaits);
  for (const { settledBy } of promises) {
    for (const source of settledBy) {
      if (source.type === 'function' || source.type === 'request') addFunction(source.function);
      else for (const id of promisesOf(source)) addPromise(id);
    }
  }
  return renumber(report, [...functions], [...promises]);
}

/** The report with these functions and promises alone: the index in each list is the id. */
export function renumber(
  report: AwaitReport,
  functions: readonly SuspendedFunction[],
  promises: readonly PendingPromise[],
): AwaitReport {
  const functionIds = new Map(functions.map(({ id }, index) => [id, index]));
  const promiseIds = new Map(promises.map(({ id }, index) => [id, index]));
  const functionId = (id: number): number => functionIds.get(id) ?? -1;
  const promiseId = (id: number): number => promiseIds.get(id) ?? -1;
  const renumbered = (source: Source): Source => {
    switch (source.type) {
      case 'leaf':
        return source;
      case 'function':
      case 'request':
        return { ...source, function: functionId(source.function) };
      case 'combinator':
        return { ...source, inputs: source.inputs.map((input) => ({ ...input, promise: promiseId(input.promise) })) };
      case 'module':
        return { ...source, promises: source.promises.map(promiseId) };
      default:
        return { ...source, promise: promiseId(source.promise) };
    }
  };
  return {
    ...report,
    functions: functions.map((suspended, id) => ({
      ...suspended,
      id,
      awaits: promiseId(suspended.awaits),
      settles: suspended.settles.map(promiseId).filter((each) => each !== -1),
    })),
    promises: promises.map((promise, id) => ({ ...promise, id, settledBy: promise.settledBy.map(renumbered) })),
  };
}
