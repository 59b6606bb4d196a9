// The asynchronous operations and waits of all threads, as rows of a table: those with the most time waiting first.
import type { OperationEntry, ThreadRecording } from '../report/recording.ts';
import type { Diagnosis, OperationRow } from '../report/diagnosis.ts';
import { nameOfOperation, nameOfWait } from './operation-names.ts';

const mostRows = 12;
const mostPoints = 60;
/** More than that of the time is all of it. */
const mostFollowed = 0.95;
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

/** Operations of one thread, with what is the same for all of them. */
interface Group {
  readonly entry: OperationEntry;
  readonly name: string;
  readonly isWait: boolean;
  /** Of how much time its numbers are. */
  readonly followedMs: number;
  /** How much more there was in all the time. */
  readonly scale: number;
}

/** The rows of the same line and sort are one. */
export function operationRows(threads: readonly ThreadRecording[]): OperationRow[] {
  const groups = threads.flatMap((thread) => [...operationsOf(thread), ...waitsOf(thread)]);
  const joined = Map.groupBy(groups, ({ name, entry: { at } }) => `${name} ${at?.file}:${at?.line}`);
  return [...joined.values()]
    .map(rowOf)
    .toSorted((a, b) => b.waitMs * b.count - a.waitMs * a.count)
    .slice(0, mostRows);
}

/** How much of the time operations were followed, of the thread with the least; null where that is all of it. */
export function followedPart(threads: readonly ThreadRecording[]): Diagnosis['followed'] {
  const parts = threads.flatMap(({ operations, observedMs }) =>
    operations === null ? [] : [{ ms: Math.min(operations.followedMs, observedMs), ofMs: observedMs }],
  );
  const [least] = parts.toSorted((a, b) => a.ms / Math.max(1, a.ofMs) - b.ms / Math.max(1, b.ofMs));
  return least !== undefined && isPart(least.ms, least.ofMs) ? least : null;
}

function operationsOf({ operations, observedMs }: ThreadRecording): Group[] {
  const { groups = [], followedMs = 0 } = operations ?? {};
  const scale = isPart(followedMs, observedMs) ? observedMs / Math.max(1, followedMs) : 1;
  return groups
    .map((entry) => ({ entry, name: nameOfOperation(entry.type), isWait: false, followedMs, scale }))
    .filter(({ entry: { at, runs }, name }) => at !== null && (runs > 0 || silent.has(name)))
    .filter(({ entry, name }) => name !== entry.type || !entry.at?.file.includes('node_modules')); // a package's own word
}

/** Whether they were followed for a part of the time only: their numbers are estimates then. */
function isPart(followedMs: number, observedMs: number): boolean {
  return followedMs < observedMs * mostFollowed;
}

/** A wait without a line is that of a package: what it waits for says more than an operation could. */
function waitsOf({ waits, observedMs }: ThreadRecording): Group[] {
  return (waits?.groups ?? []).map((entry) => ({
    entry,
    name: nameOfWait(entry.type),
    isWait: true,
    followedMs: observedMs,
    scale: 1,
  }));
}

function rowOf(groups: readonly Group[]): OperationRow {
  const sum = (read: (entry: OperationEntry) => number): number =>
    groups.reduce((total, { entry }) => total + read(entry), 0);
  const [first] = groups as readonly [Group, ...Group[]];
  const count = sum((entry) => entry.count);
  const scaled = (read: (entry: OperationEntry) => number): number =>
    Math.round(groups.reduce((total, { entry, scale }) => total + read(entry) * scale, 0));
  const ends = sum(({ runs }) => runs);
  const means = groups.map(
    ({ entry: { waitingMs, onLoopMs }, followedMs }) => (waitingMs + onLoopMs) / Math.max(1, followedMs),
  );
  return {
    name: first.name,
    at: first.entry.at,
    count: scaled((entry) => entry.count),
    waitMs: sum(({ waitingMs }) => waitingMs) / Math.max(1, count, ends),
    onLoopMs: first.isWait ? null : scaled(({ onLoopMs }) => onLoopMs * 100) / 100,
    mean: means.reduce((total, mean) => total + mean, 0),
    peak: Math.max(...groups.map(({ entry }) => entry.peak)),
    open: sum(({ open }) => open),
    concurrency: addLists(groups.map(({ entry }) => entry.concurrency)),
    parent: parentOf(groups),
  };
}

/** The parent of the group with the most that has one. */
function parentOf(groups: readonly Group[]): OperationRow['parent'] {
  const known = groups.filter(({ entry }) => entry.parent !== null);
  const parent = known.toSorted((a, b) => b.entry.count - a.entry.count)[0]?.entry.parent ?? null;
  if (parent === null) return null;
  const { type, at } = parent;
  return { name: type.startsWith('task ') ? type : nameOfOperation(type), at };
}

/** Threads have lists of different lengths for the same time. */
function addLists(lists: readonly (readonly number[])[]): number[] {
  const length = Math.min(mostPoints, Math.max(0, ...lists.map((list) => list.length)));
  return Array.from({ length }, (_, point) =>
    lists.reduce((total, list) => total + (list[Math.floor((point * list.length) / length)] ?? 0), 0),
  );
}
