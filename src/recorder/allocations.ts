// Who allocates, by V8's sampling heap profiler: one sample for so many bytes, what is freed since included.
import { Session, type HeapProfiler } from 'node:inspector';
import { getHeapStatistics } from 'node:v8';
import type { Site } from '../channels/site.ts';
import type { SiteEntry } from '../report/format.ts';
import type { AllocationsEntry } from '../report/recording.ts';
import { whoseIs } from './classify.ts';

// A program that allocates 1 GB a second has 1,000 samples a second.
const bytesPerSample = 1024 * 1024;
// The samples are folded and let go so often. The engine collects all garbage for it, and code with that: in a busy server
// it costs as much as a third of a second.
const rotateMs = 60_000;
const mostSites = 20;
const mostKept = 5000;

type Node = HeapProfiler.SamplingHeapProfileNode;

/** What runs while allocations are sampled. */
export interface AllocationSampler {
  /** Ends it; null where nothing could be sampled. */
  stop(mapSite: (site: Site) => SiteEntry): AllocationsEntry | null;
  /** Forgets what was until now. */
  restart(): void;
}

/** Starts to sample the allocations of this thread. Throws where there is no inspector. */
export function sampleAllocations(): AllocationSampler {
  const session = new Session();
  session.connect();
  const totals = new Map<string, { readonly site: Site; bytes: number }>();
  let bytes = 0;
  const begin = (): void =>
    session.post('HeapProfiler.startSampling', {
      samplingInterval: bytesPerSample,
      includeObjectsCollectedByMajorGC: true,
      includeObjectsCollectedByMinorGC: true,
    });
  const end = (isKept: boolean): void =>
    session.post('HeapProfiler.stopSampling', (error, answer) => {
      if (error === null && isKept) visit(answer.profile.head, null);
    });
  /** What a frame allocates counts for the innermost frame of the program, or of a package where there is none. */
  const visit = (node: Node, outer: Site | null): void => {
    const own = siteOf(node) ?? outer;
    if (own !== null && node.selfSize > 0) add(own, node.selfSize);
    bytes += node.selfSize;
    for (const child of node.children) visit(child, own);
  };
  const add = (site: Site, size: number): void => {
    const key = `${site.file}:${site.line}:${site.column}`;
    const known = totals.get(key);
    if (known !== undefined) known.bytes += size;
    else if (totals.size < mostKept) totals.set(key, { site, bytes: size });
  };
  begin();
  let before = liveBytes();
  const timer = setInterval(() => {
    end(true);
    begin();
  }, rotateMs).unref();
  return {
    restart() {
      end(false);
      totals.clear();
      bytes = 0;
      begin();
      before = liveBytes();
    },
    stop(mapSite) {
      clearInterval(timer);
      end(true);
      const live = { before, after: liveBytes() };
      session.disconnect();
      const sites = [...totals.values()].toSorted((a, b) => b.bytes - a.bytes).slice(0, mostSites);
      return { bytes, sites: sites.map((each) => ({ at: mapSite(each.site), bytes: each.bytes })), live };
    },
  };
}

/** What is in use just after a profile was begun or ended, for which all garbage is collected. */
function liveBytes(): number {
  const { used_heap_size: onHeap, external_memory: outside } = getHeapStatistics();
  return onHeap + outside;
}

/** Null for a frame of Node's, of loopscope's, or of the engine. */
function siteOf({ callFrame: { functionName, url, lineNumber, columnNumber } }: Node): Site | null {
  const frame = { function: functionName, file: url, line: lineNumber + 1, column: columnNumber + 1 };
  const whose = whoseIs(frame);
  return whose === 'program' || whose === 'package' ? { ...frame, exact: true } : null;
}
