import { expect, test } from 'vitest';
import { SnapshotParser, type HeapSnapshot } from '../../src/heap/inspector/snapshot-parser.ts';

const text = JSON.stringify({
  snapshot: {
    meta: {
      node_fields: ['type', 'name', 'id', 'self_size', 'edge_count', 'trace_node_id', 'detachedness'],
      node_types: [['hidden', 'object', 'closure'], 'string', 'number', 'number', 'number', 'number', 'number'],
      edge_fields: ['type', 'name_or_index', 'to_node'],
      edge_types: [['context', 'element', 'property'], 'string_or_number', 'node'],
      location_fields: ['object_index', 'script_id', 'line', 'column'],
    },
    node_count: 2,
    edge_count: 3,
    trace_function_count: 0,
  },
  nodes: [1, 0, 3, 16, 2, 0, 0, 2, 1, 4294967295, 64, 1, 0, 0],
  edges: [2, 1, 7, 1, 12, 0, 0, 2, 0],
  trace_function_infos: [],
  trace_tree: [],
  samples: [],
  locations: [7, 30, 11, 4],
  strings: ['<dummy>', 'a "quoted" \\ name, ] and }', 'é\u2028\n', 'x'.repeat(1000)],
});

function parse(pieces: readonly string[]): HeapSnapshot {
  const parser = new SnapshotParser();
  for (const piece of pieces) parser.write(piece);
  return parser.finish();
}

test('nodes, edges, locations and strings are where they belong', () => {
  expect(parse([text])).toEqual({
    nodeCount: 2,
    nodeTypes: ['hidden', 'object', 'closure'],
    edgeTypes: ['context', 'element', 'property'],
    nodeType: Uint8Array.of(1, 2),
    nodeName: Uint32Array.of(0, 1),
    nodeId: Uint32Array.of(3, 4294967295),
    nodeSize: Uint32Array.of(16, 64),
    firstEdge: Uint32Array.of(0, 2, 3),
    edgeType: Uint8Array.of(2, 1, 0),
    edgeName: Uint32Array.of(1, 12, 2),
    edgeTo: Uint32Array.of(1, 0, 0),
    locations: new Map([[1, { line: 11, column: 4 }]]),
    strings: ['<dummy>', 'a "quoted" \\ name, ] and }', 'é\u2028\n', 'x'.repeat(200)],
  });
});

test('it is the same wherever the text is cut', () => {
  const whole = parse([text]);
  for (let cut = 1; cut < text.length; cut++) expect(parse([text.slice(0, cut), text.slice(cut)])).toEqual(whole);
  expect(parse(text.split(''))).toEqual(whole);
});

test('a text that ends too early is refused', () => {
  expect(() => parse([text.slice(0, -3)])).toThrow('the heap snapshot is not complete');
  expect(() => parse([])).toThrow('the heap snapshot is not complete');
});
