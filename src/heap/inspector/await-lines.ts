// The await lines of suspended functions of a heap snapshot: a snapshot does not have them, V8 tells them afterwards.
import type { Connection } from './connection.ts';
import { objectGroup } from './evaluate.ts';
import type { HeapGraph } from './heap-graph.ts';
import type { SnapshotGraph, SuspendedGenerator } from './snapshot-graph.ts';
import type { Frame, WalkedPromises } from './walk-promises.ts';

/** From 1. */
export interface AwaitLine {
  readonly line: number;
  readonly column: number;
}

export interface AwaitLines {
  readonly lineOf: ReadonlyMap<number, AwaitLine>;
  /** Place of a promise among the inputs of its combinator. */
  readonly indexOf: ReadonlyMap<number, number>;
  /** Functions that went on after the snapshot: they are not suspended there any more. */
  readonly changed: ReadonlySet<number>;
}

/** Each question for one object goes through the whole heap: so long they may take together. */
const questionsMs = 20_000;

/** What lines are looked for: the list of promises was made before the snapshot, their stacks after it. */
export interface Wanted {
  readonly graph: HeapGraph;
  readonly found: SnapshotGraph;
  readonly listNode: number;
  readonly walked: WalkedPromises;
}

/**
 * Most lines come with the stacks of the promises. V8 is asked one by one for functions whose promise has no stack: one
 * that several await, or of another context.
 */
export async function findAwaitLines(
  connection: Connection,
  { graph, found: { generators, reactions }, listNode, walked }: Wanted,
): Promise<AwaitLines> {
  const frames = topFrames(graph, listNode, walked);
  const lineOf = new Map<number, AwaitLine>();
  const indexOf = new Map<number, number>();
  for (const [promise, frame] of frames) if (frame?.length === 2) indexOf.set(promise, frame[1]);
  const changed = new Set<number>();
  const left: SuspendedGenerator[] = [];
  for (const generator of generators) {
    const frame = frames.get(generator.awaits);
    const alone = reactions.get(generator.awaits)?.length === 1;
    if (frame === null) changed.add(generator.node);
    else if (alone && frame !== undefined && frame.length > 2) {
      lineOf.set(generator.node, { line: frame[2] as number, column: frame[3] as number });
    } else left.push(generator);
  }
  const deadline = performance.now() + questionsMs;
  for (const group of groups(graph, left)) {
    const [{ awaits }] = group;
    const isListed = frames.has(awaits);
    const answers = new Map<number, AwaitLine>();
    for (const { node } of group) {
      if (performance.now() > deadline || isUnanimous(answers)) break;
      // What is not in the list was made after it, and most likely is gone: then one question is enough.
      if (!isListed && answers.size === 0 && !(await isPending(connection, graph, awaits))) break;
      const line = await askForLine(connection, graph, node);
      if (line !== null) answers.set(node, line);
    }
    // A function that went on awaits something else, and its line is not that of the snapshot.
    const isThere = answers.size > 0 ? await isPending(connection, graph, awaits) : isListed;
    const [common] = isUnanimous(answers) ? answers.values() : [];
    for (const { node } of group) {
      const line = answers.get(node) ?? common;
      if (!isThere) changed.add(node);
      else if (line !== undefined) lineOf.set(node, line);
    }
  }
  return { lineOf, indexOf, changed };
}

/** Functions of one text that await one promise: the more there are, the surer they stand at one line. */
function groups(
  graph: HeapGraph,
  generators: readonly SuspendedGenerator[],
): [SuspendedGenerator, ...SuspendedGenerator[]][] {
  const shared = ({ node, awaits }: SuspendedGenerator): string =>
    `${awaits} ${graph.at(graph.at(node, 'function'), 'shared')}`;
  return [...Map.groupBy(generators, shared).values()] as [SuspendedGenerator, ...SuspendedGenerator[]][];
}

/** So many answers that agree stand for the others of a group. */
const enoughAnswers = 3;

function isUnanimous(answers: ReadonlyMap<number, AwaitLine>): boolean {
  const lines = new Set([...answers.values()].map(({ line, column }) => `${line}:${column}`));
  return answers.size >= enoughAnswers && lines.size === 1;
}

/** The frame on top of the stack of each promise of the list; null where it is settled by now. */
function topFrames(
  graph: HeapGraph,
  list: number,
  { frames, nodes, nodeOf }: WalkedPromises,
): Map<number, Frame | null | undefined> {
  const found = new Map<number, Frame | null | undefined>();
  const holders = [list, graph.at(list, 'elements')].filter((node) => node >= 0);
  for (const { type, name, node } of holders.flatMap((holder) => graph.edges(holder))) {
    if (type !== 'element') continue;
    const stack = nodeOf[Number(name)] ?? -1;
    found.set(node, stack < 0 ? null : frames[nodes[stack]?.[1] ?? -1]);
  }
  return found;
}

/** The node of an object that a connection has a name for. */
export async function nodeOfObject(connection: Connection, graph: HeapGraph, objectId: string): Promise<number> {
  const answer = await connection.send<{ heapSnapshotObjectId: string }>('HeapProfiler.getHeapObjectId', { objectId });
  return graph.snapshot.nodeId.indexOf(Number(answer.heapSnapshotObjectId));
}

interface Properties {
  readonly internalProperties?: readonly {
    readonly name: string;
    readonly value?: { readonly value?: unknown };
  }[];
}

async function internalProperty(
  connection: Connection,
  graph: HeapGraph,
  node: number,
  name: string,
): Promise<unknown> {
  const heapId = String(graph.snapshot.nodeId[node]);
  const { result } = await connection.send<{ result: { objectId: string } }>('HeapProfiler.getObjectByHeapObjectId', {
    objectId: heapId,
    objectGroup,
  });
  const { internalProperties = [] } = await connection.send<Properties>('Runtime.getProperties', {
    objectId: result.objectId,
    ownProperties: true,
  });
  return internalProperties.find((property) => property.name === name)?.value?.value;
}

async function askForLine(connection: Connection, graph: HeapGraph, generator: number): Promise<AwaitLine | null> {
  const value = await internalProperty(connection, graph, generator, '[[GeneratorLocation]]').catch(ignoreMissing);
  if (value === undefined) return null;
  const { lineNumber, columnNumber } = value as { lineNumber: number; columnNumber: number };
  return { line: lineNumber + 1, column: columnNumber + 1 };
}

async function isPending(connection: Connection, graph: HeapGraph, promise: number): Promise<boolean> {
  const state = await internalProperty(connection, graph, promise, '[[PromiseState]]').catch(ignoreMissing);
  return state === 'pending';
}

/** V8 says so of an object that is collected; a connection that is lost is another matter. */
function ignoreMissing(error: unknown): undefined {
  if (error instanceof Error && error.name === 'Error') return undefined;
  throw error;
}
