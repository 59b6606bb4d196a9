// Numbers over time, in a bounded number of points: when there are too many, two become one.
import { getHeapStatistics } from 'node:v8';
import type { SeriesEntry } from '../report/recording.ts';

const firstEveryMs = 100;
const mostPoints = 600;
/** So many handles take a millisecond to list: then they are looked at less often. */
const manyHandles = 10_000;
const rarely = 10;
const mostSorts = 20;
const isOwn = /^(?:Immediate|TickObject|MessagePort|FSReq|GetAddrInfo)/;

/** What is looked at for each point. */
export interface SeriesSources {
  /** How long the loop was busy, and measured, until now. */
  readonly busy: () => { readonly busyMs: number; readonly observedMs: number } | null;
  readonly pendingRequests: () => number;
  readonly answeredRequests: () => number;
  readonly pendingTasks: () => number;
  /** Called at each point. */
  readonly tick: () => void;
}

/** What runs while numbers are taken. */
export interface Series {
  /** Forgets what was until now. */
  restart(): void;
  stop(): SeriesEntry;
}

/** Takes numbers from now on. */
export function startSeries(sources: SeriesSources): Series {
  const { busy, pendingRequests, answeredRequests, pendingTasks, tick } = sources;
  let everyMs = firstEveryMs;
  let points = 0;
  let lookEvery = 1;
  let last = busy();
  const lists = {
    utilization: [] as number[],
    heapMB: [] as number[],
    requests: [] as number[],
    answered: [] as number[],
    tasks: [] as number[],
  };
  let handles: Record<string, number[]> = {};
  const look = (): void => {
    const at = busy();
    const busyMs = at === null ? 0 : at.busyMs - (last?.busyMs ?? 0);
    const observedMs = at === null ? 0 : at.observedMs - (last?.observedMs ?? 0);
    last = at;
    lists.utilization.push(observedMs > 0 ? rounded(Math.min(1, busyMs / observedMs)) : 0);
    lists.heapMB.push(rounded(getHeapStatistics().used_heap_size / 2 ** 20));
    lists.requests.push(pendingRequests());
    lists.answered.push(answeredRequests());
    lists.tasks.push(pendingTasks());
    const open = countHandles(handles, points, points % lookEvery === 0);
    if (open !== null) lookEvery = open > manyHandles ? rarely : 1;
    points++;
    tick();
    if (points < mostPoints) return;
    points = Math.ceil(points / 2);
    for (const list of [...Object.values(lists), ...Object.values(handles)]) halve(list);
    everyMs *= 2;
    clearInterval(timer);
    timer = setInterval(look, everyMs).unref();
  };
  let timer = setInterval(look, everyMs).unref();
  return {
    restart() {
      for (const list of Object.values(lists)) list.length = 0;
      handles = {};
      points = 0;
      last = busy();
    },
    stop() {
      clearInterval(timer);
      return { everyMs, ...lists, handles };
    },
  };
}

/** Adds a point to each sort; between two looks the last value stands. How many there are in all; null without a look. */
function countHandles(handles: Record<string, number[]>, points: number, isLook: boolean): number | null {
  const counts: Record<string, number> = {};
  const all = isLook ? process.getActiveResourcesInfo() : null;
  if (all !== null) {
    for (const sort of all) if (!isOwn.test(sort)) counts[sort] = (counts[sort] ?? 0) + 1;
    for (const sort of Object.keys(counts)) {
      if (handles[sort] === undefined && Object.keys(handles).length < mostSorts) {
        handles[sort] = Array.from({ length: points }, () => 0);
      }
    }
  }
  for (const [sort, list] of Object.entries(handles)) list.push(isLook ? (counts[sort] ?? 0) : (list.at(-1) ?? 0));
  return all?.length ?? null;
}

function halve(list: number[]): void {
  const length = Math.ceil(list.length / 2);
  for (let index = 0; index < length; index++) {
    const first = list[2 * index] as number;
    list[index] = rounded((first + (list[2 * index + 1] ?? first)) / 2);
  }
  list.length = length;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
