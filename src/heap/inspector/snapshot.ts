// Reads what a process awaits, and who could settle it, from a heap snapshot: dangerous for large heaps.
import type { AwaitReport, Leaf } from '../../report/awaits.ts';
import { ReadError } from '../read-error.ts';
import { findAwaitLines, nodeOfObject } from './await-lines.ts';
import { heapLimitMs, type Connection } from './connection.ts';
import { checkHeapSize, type InspectorOptions } from './heap-limit.ts';
import { HeapGraph } from './heap-graph.ts';
import { leafDetail } from './leaf-detail.ts';
import { Holders } from './holders.ts';
import type { ProcessFacts } from './in-target.ts';
import { listPromises, promiseLosses, walk } from './promise-list.ts';
import { Reactions } from './reactions.ts';
import { reportOf } from './report-of.ts';
import { withSession } from './session.ts';
import { siteOf } from './site.ts';
import { SnapshotParser } from './snapshot-parser.ts';
import { buildSnapshotGraph, waitsFor, type NodeSource } from './snapshot-graph.ts';
import { numberSnapshot } from './snapshot-report.ts';

/** A snapshot of it takes 5 to 15 s, in which the process stands still, and up to 1 GB of its memory. */
const limitBytes = 100_000_000;
const danger = 'it would stand still for up to 7 µs per object and need ten times its memory for a heap snapshot';

/** So long holders are searched for. */
const searchMs = 20_000;

const limits = ['Functions of worker threads, and chains that nobody holds any more, are not seen this way.'];

/**
 * Reads through an inspector that is open, or is opened for it. The process stands still for 3.5 to 7 µs for each object
 * of its heap, and needs eight to ten times the memory of its heap.
 * @throws ReadError; `unsupported` when the heap is over 100 MB, unless it is forced.
 */
export async function readSnapshot(pid: number, options: InspectorOptions = {}): Promise<AwaitReport> {
  const started = performance.now();
  const takenAt = new Date().toISOString();
  const { value, notes } = await withSession(pid, async ({ connection, facts }) => {
    checkHeapSize({ pid, heapUsedBytes: facts.heapUsedBytes }, { limitBytes, danger }, options);
    const list = await listPromises(connection); // before the snapshot: afterwards it takes twice as long
    const { graph, tookMs } = await takeSnapshot(connection);
    const walked = await walk(connection, list.objectId, true);
    const reader = new Reactions(graph);
    const found = buildSnapshotGraph(graph, reader);
    const listNode = await nodeOfObject(connection, graph, list.objectId);
    const lines = await findAwaitLines(connection, { graph, found, listNode, walked });
    // Whoever else takes a snapshot, or ends his session, gives new numbers to all objects.
    if (listNode < 0 || listNode !== (await nodeOfObject(connection, graph, list.objectId))) throw disturbed(pid);
    const stoppedMs = list.tookMs + tookMs + walked.busyMs;
    return { facts, graph, walked, reader, found, lines, listNode, stoppedMs };
  });
  const { facts, graph, walked, reader, found, lines, listNode, stoppedMs } = value;
  const notHolders = found.generators.flatMap(({ node }) => [node, graph.at(node, 'parameters_and_registers')]);
  const mayWait = waitsFor.bind(null, found);
  const holders = new Holders(
    graph,
    reader,
    mayWait,
    new Set([...notHolders, listNode, graph.at(listNode, 'elements')]),
  );
  const leaves = findLeaves(graph, holders, facts, options);
  const numbered = numberSnapshot({ graph, found, lines, settlerOf: leaves.settlerOf, makeSite: siteOf(options) });
  return {
    ...reportOf({
      pid,
      facts,
      takenAt,
      reading: {
        via: 'snapshot',
        tookMs: performance.now() - started,
        stoppedMs,
        changed: lines.changed.size,
        settlers: options.settlers !== false,
      },
    }),
    ...numbered,
    notes: [...limits, ...promiseLosses(walked), ...leaves.notes(), ...notes],
  };
}

function disturbed(pid: number): ReadError {
  return new ReadError('busy', `somebody else read the heap of process ${pid} at the same time: ask again`);
}

async function takeSnapshot(connection: Connection): Promise<{ graph: HeapGraph; tookMs: number }> {
  const parser = new SnapshotParser();
  connection.on('HeapProfiler.addHeapSnapshotChunk', (params) => parser.write((params as { chunk: string }).chunk));
  const started = performance.now();
  await connection.send(
    'HeapProfiler.takeHeapSnapshot',
    { reportProgress: false, exposeInternals: true, captureNumericValue: true },
    heapLimitMs,
  );
  return { graph: new HeapGraph(parser.finish()), tookMs: performance.now() - started };
}

/** Searches holders as long as there is time, and says how many it did not come to. */
function findLeaves(
  graph: HeapGraph,
  holders: Holders,
  { timerNowMs }: ProcessFacts,
  { settlers = true }: InspectorOptions,
): { settlerOf: (promise: number) => Leaf | NodeSource; notes: () => string[] } {
  const deadline = performance.now() + searchMs;
  let missed = 0;
  return {
    settlerOf: (promise) => {
      if (settlers && performance.now() < deadline) {
        const settling = holders.find(promise);
        if (settling.type === 'callback') return { ...settling, type: 'then', method: 'then' };
        const { leaf, nodes } = settling;
        return { ...leaf, detail: leafDetail(graph, nodes, timerNowMs) || leaf.detail };
      }
      if (settlers) missed++;
      return { type: 'leaf', kind: 'unknown', detail: '', settledBy: [], verdict: 'unknown' };
    },
    notes: () =>
      missed === 0 ? [] : [`For ${missed} promises nobody looked who could settle them: it took too long.`],
  };
}
