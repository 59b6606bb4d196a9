// Reads what a process awaits through V8's async stack walk: no memory is copied, and any system will do.
import type { AwaitReport } from '../../report/awaits.ts';
import { heapLimitMs, type Connection } from './connection.ts';
import { callWith, objectGroup, reference } from './evaluate.ts';
import { checkHeapSize, type InspectorOptions } from './heap-limit.ts';
import { buildProbeGraph } from './probe-graph.ts';
import { withSession } from './session.ts';
import { siteOf } from './site.ts';
import { walkPromises, type WalkedPromises } from './walk-promises.ts';

/** A heap of small objects that long stands still for about 7 s. */
const limitBytes = 250_000_000;
const danger = 'it would stand still for seconds';

/** So many pending promises are looked at, for 35 µs each. */
const promiseLimit = 200_000;

/** So long the loop is kept from turning at a time. */
const turnMs = 10;

const limits = [
  'A promise that two functions await hides both of them, and those who wait for them.',
  'Functions of worker threads and vm contexts, and chains that nobody holds any more, are not seen this way.',
  'Only stacks are known: a function that waits through then or Promise.race may be counted more than once.',
  'Who could settle a promise was not looked for: --settlers does.',
];

/**
 * Reads through an inspector that is open, or is opened for it. The process collects garbage and goes through its heap:
 * 1 µs for each object.
 * @throws ReadError
 */
export async function readProbe(pid: number, options: InspectorOptions = {}): Promise<AwaitReport> {
  const started = performance.now();
  const takenAt = new Date().toISOString();
  const { value, notes } = await withSession(pid, async ({ connection, facts }) => {
    checkHeapSize({ pid, heapUsedBytes: facts.heapUsedBytes }, { limitBytes, danger }, options);
    const list = await listPromises(connection);
    return { facts, list, walked: await walk(connection, list.objectId) };
  });
  const { facts, list, walked } = value;
  return {
    format: 'loopscope-awaits',
    version: 1,
    takenAt,
    process: {
      pid,
      command: facts.command,
      directory: facts.directory,
      node: facts.version,
      uptimeMs: facts.uptimeMs,
    },
    reading: {
      via: 'probe',
      tookMs: performance.now() - started,
      stoppedMs: list.tookMs + walked.busyMs,
      bytes: null,
      attempts: 1,
      changed: walked.changed,
      settlers: false,
    },
    threads: [{ id: 0, name: 'main' }],
    ...buildProbeGraph(walked, siteOf(options)),
    notes: [...limits, ...losses(walked), ...notes],
  };
}

export interface PromiseList {
  readonly objectId: string;
  readonly tookMs: number;
}

/** Every promise of the main context that is reachable, as a list in the process. It collects garbage first. */
export async function listPromises(connection: Connection): Promise<PromiseList> {
  const prototypeObjectId = await reference(connection, 'Promise.prototype');
  const started = performance.now();
  const { objects } = await connection.send<{ objects: { objectId: string } }>(
    'Runtime.queryObjects',
    { prototypeObjectId, objectGroup },
    heapLimitMs,
  );
  return { objectId: objects.objectId, tookMs: performance.now() - started };
}

/** The stacks of the promises in the list; `each` keeps which promise has which. */
export function walk(connection: Connection, listId: string, each = false): Promise<WalkedPromises> {
  return callWith(connection, listId, walkPromises, [promiseLimit, each, turnMs]);
}

function losses({ left }: WalkedPromises): string[] {
  if (left === 0) return [];
  return [`${left} pending promises were not looked at: there are more than ${promiseLimit}.`];
}
