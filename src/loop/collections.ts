// Garbage collections of this thread: how many there were and how long they stopped it.
import { PerformanceObserver, type PerformanceEntry } from 'node:perf_hooks';
import type { CollectionKind, Collections, LoopStatistics } from '../channels/loop.ts';

interface Tally {
  count: number;
  totalMs: number;
  maxMs: number;
}

// NODE_PERFORMANCE_GC_MINOR and its like, of perf_hooks.constants.
const kinds: Readonly<Record<number, CollectionKind>> = {
  1: 'minor',
  2: 'minor',
  4: 'major',
  8: 'incremental',
  16: 'weak',
};

/** What runs while collections are observed. */
export interface CollectionObserver {
  statistics(): LoopStatistics['collections'];
  stop(): void;
}

/** Counts collections from now on. */
export function observeCollections(): CollectionObserver {
  const all: Tally = { count: 0, totalMs: 0, maxMs: 0 };
  const byKind = new Map<CollectionKind, Tally>();
  const add = ({ duration, detail }: PerformanceEntry & { readonly detail?: unknown }): void => {
    const { kind = 0 } = (detail ?? {}) as { readonly kind?: number };
    const name = kinds[kind] ?? 'minor';
    let tally = byKind.get(name);
    if (tally === undefined) byKind.set(name, (tally = { count: 0, totalMs: 0, maxMs: 0 }));
    for (const each of [all, tally]) {
      each.count++;
      each.totalMs += duration;
      each.maxMs = Math.max(each.maxMs, duration);
    }
  };
  const observer = new PerformanceObserver((list) => list.getEntries().forEach(add));
  observer.observe({ type: 'gc' });
  return {
    statistics() {
      observer.takeRecords().forEach(add);
      const copies = Array.from(byKind, ([name, tally]): [CollectionKind, Collections] => [name, { ...tally }]);
      return { ...all, kinds: Object.fromEntries(copies) };
    },
    stop: () => observer.disconnect(),
  };
}
