// How long a timer of a heap snapshot still has.
import type { HeapGraph } from './heap-graph.ts';

/** `nowMs` is the clock of Node's timers. Empty where the snapshot does not have its times. */
export function timeLeft(graph: HeapGraph, timer: number, nowMs: number): string {
  const left = numberAt(graph, timer, '_idleStart') + numberAt(graph, timer, '_idleTimeout') - nowMs;
  return Number.isFinite(left) ? `${(Math.max(0, left) / 1000).toFixed(1)} s left` : '';
}

function numberAt(graph: HeapGraph, node: number, property: string): number {
  const value = graph.at(node, property);
  if (value < 0 || !/number/.test(graph.type(value))) return Number.NaN;
  return numberIn(graph, value);
}

/** A number of its own has its value beneath it, a small one is its name. */
function numberIn(graph: HeapGraph, node: number): number {
  const inner = graph.at(node, 'value');
  return Number(graph.name(inner < 0 ? node : inner));
}
