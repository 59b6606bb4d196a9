// Reads what a process awaits through V8's async stack walk: no memory is copied, and any system will do.
import type { AwaitReport } from '../../report/awaits.ts';
import { checkHeapSize, type InspectorOptions } from './heap-limit.ts';
import { buildProbeGraph } from './probe-graph.ts';
import { listPromises, promiseLosses, walk } from './promise-list.ts';
import { reportOf } from './report-of.ts';
import { withSession } from './session.ts';
import { siteOf } from './site.ts';

/** A heap of small objects that long stands still for about 7 s. */
const limitBytes = 250_000_000;
const danger = 'it would stand still for seconds';

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
    return { facts, list, walked: await walk(connection, list.objectId, false) };
  });
  const { facts, list, walked } = value;
  return {
    ...reportOf({
      pid,
      facts,
      takenAt,
      reading: {
        via: 'probe',
        tookMs: performance.now() - started,
        stoppedMs: list.tookMs + walked.busyMs,
        changed: walked.changed,
        settlers: false,
      },
    }),
    ...buildProbeGraph(walked, siteOf(options)),
    notes: [...limits, ...promiseLosses(walked), ...notes],
  };
}
