// Which functions wait for a promise that nothing can settle, as the memory of the process proves.
import type { AwaitReport, Source, SuspendedFunction } from '../report/awaits.ts';

// Of promises that follow each other; beyond, nothing is proved.
const deepest = 500;

export interface DeadWaitOptions {
  /** Ids of the tasks that are requests whose clients are there: a framework awaits their handlers by `then`. */
  readonly requests?: ReadonlySet<number>;
  /** Whether the program has ended because its main module awaits: then that is not on purpose. Default false. */
  readonly isUnsettled?: boolean;
  /** Whether nothing at all can settle anything any more. Default false. */
  readonly isOver?: boolean;
}

/**
 * Functions that await a promise which can never be settled, and for which somebody waits in turn: another function, or the
 * client of a request. One that nobody awaits may be garbage that was not collected yet, or wait for ever on purpose, as a
 * main function does.
 */
export function findDeadWaits(
  { functions, promises }: AwaitReport,
  options: DeadWaitOptions = {},
): SuspendedFunction[] {
  const { requests = new Set(), isUnsettled = false, isOver = false } = options;
  const dead = new Map<number, boolean>();
  const awaited = awaitedPromises(functions, promises, isUnsettled);
  return functions.filter(({ kind, awaits, settles, task }) => {
    const isAwaited =
      settles.some((id) => awaited.has(id)) ||
      (task != null && requests.has(task.id)) ||
      (isUnsettled && kind === 'module');
    return isAwaited && isDead(awaits, 0);
  });

  function isDead(promise: number, depth: number): boolean {
    const known = dead.get(promise);
    if (known !== undefined || depth > deepest) return known ?? false;
    dead.set(promise, false); // what comes back to itself is no proof
    const sources = promises[promise]?.settledBy ?? [];
    const is = sources.length > 0 && sources.every((source) => isDeadSource(source, depth + 1));
    dead.set(promise, is);
    return is;
  }

  function isDeadSource(source: Source, depth: number): boolean {
    switch (source.type) {
      case 'leaf':
        return isOver || source.verdict === 'none';
      case 'combinator':
        return source.inputs.length > 0 && source.inputs.every((input) => isDead(input.promise, depth));
      case 'then':
      case 'follows':
        return isDead(source.promise, depth);
      default:
        return false; // a function is reported itself
    }
  }
}

/** Ids of promises that a function awaits, modules left out as a rule: their end is the end of the program. */
function awaitedPromises(
  functions: AwaitReport['functions'],
  promises: AwaitReport['promises'],
  withModules: boolean,
): Set<number> {
  const awaiting = functions.filter(({ kind }) => withModules || kind !== 'module');
  const awaited = new Set(awaiting.map(({ awaits }) => awaits));
  for (const id of awaited) {
    for (const source of promises[id]?.settledBy ?? []) {
      if (source.type === 'then' || source.type === 'follows') awaited.add(source.promise);
      if (source.type === 'combinator') for (const { promise } of source.inputs) awaited.add(promise);
    }
  }
  return awaited;
}
