// What an object of Node's says of itself in a heap snapshot, for the detail of a leaf.
import type { HeapGraph } from './heap-graph.ts';

/** The first of these objects that says anything. `nowMs` is the clock of Node's timers. */
export function leafDetail(graph: HeapGraph, nodes: readonly number[], nowMs: number): string {
  return nodes.map((node) => describe(graph, node, nowMs)).find((text) => text !== '') ?? '';
}

function describe(graph: HeapGraph, node: number, nowMs: number): string {
  if (graph.type(node) !== 'object') return '';
  switch (graph.name(node)) {
    case 'Timeout': {
      const left = numberAt(graph, node, '_idleStart') + numberAt(graph, node, '_idleTimeout') - nowMs;
      return Number.isFinite(left) ? `${seconds(Math.max(0, left))} left` : '';
    }
    case 'ClientRequest': {
      const [, header] = /^Host: (\S+)/m.exec(textAt(graph, node, '_header')) ?? [];
      const host = header ?? textAt(graph, node, 'host');
      const address = host + textAt(graph, node, 'path');
      return [textAt(graph, node, 'method'), address].filter((part) => part !== '').join(' ');
    }
    case 'Socket':
    case 'TLSSocket':
      return peer(graph, node);
    case 'ChildProcess': {
      const pid = numberAt(graph, node, 'pid');
      return [textAt(graph, node, 'spawnfile'), Number.isFinite(pid) ? `pid ${pid}` : '']
        .filter((part) => part !== '')
        .join(', ');
    }
    default:
      return '';
  }
}

/** The address to which a socket is or will be connected, or at least the name of the host. */
function peer(graph: HeapGraph, socket: number): string {
  const attempts = graph.at(socket, 'autoSelectFamilyAttemptedAddresses');
  const last = attempts < 0 ? undefined : graph.edges(attempts).findLast(({ type }) => type === 'element');
  return last === undefined ? textAt(graph, socket, '_host') : graph.name(last.node).slice(0, 100);
}

function textAt(graph: HeapGraph, node: number, property: string): string {
  const value = graph.at(node, property);
  return value >= 0 && graph.type(value) === 'string' ? graph.name(value) : '';
}

/** A number of its own has its value beneath it, a small one is its name. */
function numberAt(graph: HeapGraph, node: number, property: string): number {
  const value = graph.at(node, property);
  if (value < 0 || !graph.type(value).includes('number')) return Number.NaN;
  const inner = graph.at(value, 'value');
  return Number(graph.name(inner < 0 ? value : inner));
}

function seconds(milliseconds: number): string {
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const whole = Math.round(milliseconds / 1000);
  return `${Math.floor(whole / 60)} m ${whole % 60} s`;
}
