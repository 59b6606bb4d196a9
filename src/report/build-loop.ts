// The part of a report that says what the event loop did.
import type { BlockGroup, BlockRecord, GcPauses, GcStatistics, LoopStatistics } from '../channels/loop.ts';
import type { Site } from '../channels/site.ts';
import { buildSlice, type ProfileSource } from './build-profile.ts';
import type { BlockEntry, LoopEntry, SiteEntry } from './format.ts';

/** What was measured of a loop. */
export interface LoopSource {
  /** Null where only what blocks the loop is looked for. */
  readonly statistics: LoopStatistics | null;
  /** Null where nobody looks for blocks. */
  readonly thresholdMs: number | null;
  readonly blocks: readonly BlockGroup[];
  /** The block in which the report is taken; null while the loop turns. */
  readonly current: BlockRecord | null;
  readonly droppedBlocks: number;
}

const unmeasured: LoopStatistics = {
  observedMs: 0,
  turns: 0,
  delay: { p50Ms: 0, p99Ms: 0, maxMs: 0, meanMs: 0 },
  utilization: 0,
  processorWaitMs: null,
  gc: { count: 0, totalMs: 0, maxMs: 0, kinds: {} },
};

export function buildLoop(
  source: LoopSource,
  profile: ProfileSource | null,
  mapSite: (site: Site) => SiteEntry,
): LoopEntry {
  const { statistics, thresholdMs, blocks, current, droppedBlocks } = source;
  const { observedMs, turns, delay, utilization, processorWaitMs, gc } = statistics ?? unmeasured;
  const past = blocks.map((group) => {
    const slice = profile === null ? null : buildSlice(profile, group, mapSite);
    return blockEntry(group, { now: false, slice }, mapSite);
  });
  return {
    observedMs: rounded(observedMs),
    turns,
    delay: {
      p50Ms: rounded(delay.p50Ms),
      p99Ms: rounded(delay.p99Ms),
      maxMs: rounded(delay.maxMs),
      meanMs: rounded(delay.meanMs),
    },
    utilization: Math.round(utilization * 1e4) / 1e4,
    processorWaitMs: processorWaitMs === null ? null : rounded(processorWaitMs),
    gc: gcEntry(gc),
    thresholdMs,
    blocks: current === null ? past : [blockEntry(groupOf(current), { now: true, slice: null }, mapSite), ...past],
    droppedBlocks,
  };
}

function blockEntry(
  group: BlockGroup,
  known: Pick<BlockEntry, 'now' | 'slice'>,
  mapSite: (site: Site) => SiteEntry,
): BlockEntry {
  const { kind, native, count, totalMs, maxMs, gcMs, stack, tasks, otherTasks } = group;
  return {
    kind,
    native,
    count,
    totalMs: rounded(totalMs),
    maxMs: rounded(maxMs),
    gcMs: rounded(gcMs),
    stack: stack.map(mapSite),
    tasks,
    otherTasks,
    ...known,
  };
}

/** A block that has not ended, as a group of one. */
function groupOf({ kind, native, stack, since, durationMs, task }: BlockRecord): BlockGroup {
  return {
    kind,
    native,
    stack,
    count: 1,
    totalMs: durationMs,
    maxMs: durationMs,
    gcMs: 0,
    tasks: task === null ? [] : [{ id: task.id, name: task.origin.name }],
    otherTasks: 0,
    spans: [{ since, durationMs }],
  };
}

function gcEntry({ kinds, ...all }: GcStatistics): GcStatistics {
  return {
    ...pauses(all),
    kinds: Object.fromEntries(Object.entries(kinds).map(([kind, each]) => [kind, pauses(each)])),
  };
}

function pauses({ count, totalMs, maxMs }: GcPauses): GcPauses {
  return { count, totalMs: rounded(totalMs), maxMs: rounded(maxMs) };
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
