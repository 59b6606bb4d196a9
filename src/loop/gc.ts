// Garbage collections of this thread: how many there were, and how long they stopped it.
import { PerformanceObserver, type PerformanceEntry } from 'node:perf_hooks';
import type { GcKind, GcPauses, GcStatistics } from '../channels/loop.ts';

/** Called for a pause, soon after it. Both are milliseconds, the first on the runtime clock. */
export type OnPause = (since: number, durationMs: number) => void;

/** What runs while collections are observed. */
export interface GcObserver {
  statistics(): GcStatistics;
  stop(): void;
}

interface Tally {
  count: number;
  totalMs: number;
  maxMs: number;
}

// The values of perf_hooks.constants.NODE_PERFORMANCE_GC_*.
const kinds: Readonly<Record<number, GcKind>> = { 1: 'minor', 2: 'minor', 4: 'major', 8: 'incremental', 16: 'weak' };

/** Counts collections from now on. */
export function observeGc(onPause: OnPause = () => {}): GcObserver {
  const all: Tally = { count: 0, totalMs: 0, maxMs: 0 };
  const byKind = new Map<GcKind, Tally>();
  const add = (entry: PerformanceEntry): void => {
    const { startTime, duration, detail } = entry as PerformanceEntry & { readonly detail: { readonly kind: number } };
    const name = kinds[detail.kind] ?? 'minor';
    let tally = byKind.get(name);
    if (tally === undefined) byKind.set(name, (tally = { count: 0, totalMs: 0, maxMs: 0 }));
    for (const each of [all, tally]) {
      each.count++;
      each.totalMs += duration;
      each.maxMs = Math.max(each.maxMs, duration);
    }
    onPause(startTime, duration);
  };
  const observer = new PerformanceObserver((list) => list.getEntries().forEach(add));
  observer.observe({ type: 'gc' });
  return {
    statistics() {
      observer.takeRecords().forEach(add);
      const copies = Array.from(byKind, ([name, tally]): [GcKind, GcPauses] => [name, { ...tally }]);
      return { ...all, kinds: Object.fromEntries(copies) };
    },
    stop: () => observer.disconnect(),
  };
}
