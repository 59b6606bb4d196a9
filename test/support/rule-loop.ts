// What a loop did, by hand: measured for a minute, half of which it was busy.
import type { BlockEntry, LoopEntry } from '../../src/report/format.ts';

/** @param block one block of 150 ms, if anything is said of it */
export function loopOf(block: Partial<BlockEntry> | null = null, fields: Partial<LoopEntry> = {}): LoopEntry {
  const usual: BlockEntry = {
    kind: 'javascript',
    native: null,
    count: 1,
    totalMs: 150,
    maxMs: 150,
    gcMs: 0,
    now: false,
    stack: [],
    tasks: [],
    otherTasks: 0,
    slice: null,
  };
  return {
    observedMs: 60_000,
    turns: 10_000,
    delay: { p50Ms: 0, p99Ms: 5, maxMs: 150, meanMs: 0.1 },
    utilization: 0.5,
    processorWaitMs: 0,
    gc: { count: 0, totalMs: 0, maxMs: 0, kinds: {} },
    thresholdMs: 100,
    blocks: block === null ? [] : [{ ...usual, ...block }],
    droppedBlocks: 0,
    ...fields,
  };
}
