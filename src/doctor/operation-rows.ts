// The asynchronous operations of all threads, as rows of a table: those with the most time waiting first.
import type { OperationEntry, ThreadRecording } from '../report/recording.ts';
import type { OperationRow } from '../report/diagnosis.ts';
import { nameOfOperation } from './operation-names.ts';

const mostRows = 12;
/** What has no callback of its own, or not yet; of all else what never had one was synchronous. */
const silent: ReadonlySet<string> = new Set([
  'socket',
  'timer',
  'server',
  'watcher',
  'child process',
  'worker thread',
  'promise',
]);

/** The rows of the same line and sort are one. */
export function operationRows(threads: readonly ThreadRecording[]): OperationRow[] {
  const groups = threads.flatMap(({ operations }) => operations?.groups ?? []).filter(isShown);
  const joined = Map.groupBy(groups, ({ type, at }) => `${nameOfOperation(type)} ${at?.file}:${at?.line}`);
  return [...joined.values()]
    .map(rowOf)
    .toSorted((a, b) => b.waitMs * b.count - a.waitMs * a.count)
    .slice(0, mostRows);
}

function isShown({ type, at, runs }: OperationEntry): boolean {
  return at !== null && (runs > 0 || silent.has(nameOfOperation(type)));
}

function rowOf(groups: readonly OperationEntry[]): OperationRow {
  const sum = (read: (group: OperationEntry) => number): number =>
    groups.reduce((total, group) => total + read(group), 0);
  const [first] = groups as readonly [OperationEntry, ...OperationEntry[]];
  const count = sum((group) => group.count);
  return {
    name: nameOfOperation(first.type),
    at: first.at,
    count,
    waitMs:
      sum(({ waitingMs }) => waitingMs) /
      Math.max(
        1,
        count,
        sum(({ runs }) => runs),
      ),
    onLoopMs: sum(({ onLoopMs }) => onLoopMs),
    peak: Math.max(...groups.map(({ peak }) => peak)),
    open: sum(({ open }) => open),
    parent: first.parent?.at ?? null,
  };
}
