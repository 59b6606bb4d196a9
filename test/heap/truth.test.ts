// The trial is itself on trial: it finds what is missing, what is too much and what is invented.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { AwaitReport, Leaf, PendingPromise, Source, SuspendedFunction } from '../../src/report/awaits.ts';
import { drawChain, findBrokenChains } from './chain.ts';
import { findContradictions } from './contradictions.ts';
import { findWrongAwaits, readTruth } from './truth.ts';

const folder = mkdtempSync(join(tmpdir(), 'loopscope-truth-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = join(folder, 'program.mjs');
writeFileSync(
  file,
  `async function main() {
  await reply(); // suspended: main
}
async function reply() {
  add(await done(), await hang()); // suspended: reply ×2 @21
}
async function* rows() {
  for await (const row of rows()) yield row; // suspended: rows* ×0-1
}
// elsewhere: evaluated * 1:5
// chain: main → all[1/2] → reply → [timer found /^found.*s left/] ×1
`,
);
const truth = readTruth([file]);

type Site = [name: string, line: number, column: number, kind?: SuspendedFunction['kind'], path?: string];

function suspended([name, line, column, kind = 'async function', path = file]: Site, id: number): SuspendedFunction {
  const at = { file: path, line, column, function: name, exact: true };
  return { id, name, kind, at, definedAt: null, thread: 0, awaits: id, settles: [], task: null };
}

const right: Site[] = [
  ['main', 2, 3],
  ['reply', 5, 21],
  ['reply', 5, 21],
  ['evaluated', 1, 5, 'async function', 'nowhere'],
];

const wrongOf = (sites: readonly Site[]): string[] =>
  findWrongAwaits(truth, sites.map(suspended)).map((what) => what.replace(folder, ''));

test('what is as the program says is right', () => {
  expect(wrongOf(right)).toEqual([]);
  expect(wrongOf([...right, ['rows', 8, 20, 'async generator']])).toEqual([]);
  expect(wrongOf([...right, ['run', 5, 3, 'async function', 'node:internal/modules/run_main']])).toEqual([]);
});

test('a function that is missing, one too many, another column, name or kind is wrong', () => {
  expect(wrongOf(right.slice(0, 2))).toEqual([
    '1 instead of 2: reply (async function)  /program.mjs:5:21',
    '0 instead of 1: evaluated (async function)  *:1:5',
  ]);
  expect(wrongOf([...right, ['main', 2, 3]])).toEqual(['2 instead of 1: main (async function)  /program.mjs:2:3']);
  expect(wrongOf([...right, ['main', 2, 4]])).toEqual(['invented: 1 × main (async function)  /program.mjs:2:4']);
  expect(wrongOf([...right, ['other', 2, 3]])).toEqual(['invented: 1 × other (async function)  /program.mjs:2:3']);
  expect(wrongOf([...right, ['rows', 8, 20]])).toEqual(['invented: 1 × rows (async function)  /program.mjs:8:20']);
  const more = ['rows', 8, 20, 'async generator'] as const satisfies Site;
  expect(wrongOf([...right, [...more], [...more]])).toEqual([
    '2 instead of 0-1: rows (async generator)  /program.mjs:8:20',
  ]);
});

test('a line of a library without an await is wrong', () => {
  const library = new URL('../../node_modules/p-limit/index.js', import.meta.url).pathname;
  expect(wrongOf([...right, ['run', 1, 1, 'async function', library]])).toEqual([
    `no await is there: run (async function) ${library}:1:1`,
  ]);
});

test('a site that is not exact is wrong', () => {
  const functions = right
    .map(suspended)
    .map((one) => ({ ...one, at: one.at && { ...one.at, exact: one.name !== 'main' } }));
  expect(findWrongAwaits(truth, functions)).toHaveLength(2);
});

const timer: Leaf = { type: 'leaf', kind: 'timer', detail: '12 s left', settledBy: ['Timeout'], verdict: 'found' };

function graph(inputs: Extract<Source, { type: 'combinator' }>['inputs'], leaf: Leaf = timer): AwaitReport {
  const sources: Source[][] = [
    [{ type: 'combinator', method: 'all', inputs, total: 2 }],
    [{ type: 'function', function: 1 }],
    [leaf],
  ];
  const promises = sources.map((settledBy, id): PendingPromise => ({ id, settledBy, callbacks: [] }));
  const [main, reply] = right.map(suspended) as [SuspendedFunction, SuspendedFunction];
  return {
    promises,
    functions: [main, { ...reply, awaits: 2, settles: [1] }],
    threads: [{ id: 0, name: 'main' }],
  } as Partial<AwaitReport> as AwaitReport;
}

test('a chain holds with its places and its leaf, and not with others', () => {
  const report = graph([{ promise: 1, index: 1 }]);
  const holds = (chain: string): boolean => findBrokenChains(report, [chain]).length === 0;
  expect(truth.chains.map(holds)).toEqual([true]);
  expect(holds('main → ... → reply → [*]')).toBe(true);
  expect(holds('main → all → reply → [timer|socket Timeout]')).toBe(true);
  expect(holds('main → all[1] → reply')).toBe(true);
  expect(holds('main → all[0] → reply')).toBe(false);
  expect(holds('main → all[0/2] → reply')).toBe(false);
  expect(holds('main → reply')).toBe(false);
  expect(holds('main → all → reply → [socket]')).toBe(false);
  expect(holds('main → all → reply → [timer none]')).toBe(false);
  expect(holds('main → all → reply ×2')).toBe(false);
  expect(holds('other → reply')).toBe(false);
  expect(drawChain(report, 0)).toBe('main → all[1/2] → reply → [timer found (12 s left) by Timeout]');
});

test('a chain ends where a graph has a cycle', () => {
  const report = graph([{ promise: 0, index: 1 }]);
  expect(findBrokenChains(report, ['main → ... → reply'])).toHaveLength(1);
  expect(findContradictions(report)).toEqual(['a circle: 0 → 0']);
});

test('an edge with one end, and a number that leads nowhere, are contradictions', () => {
  expect(findContradictions(graph([{ promise: 1, index: 1 }]))).toEqual([]);
  expect(findContradictions(graph([{ promise: 7, index: 1 }]))).toEqual(['promise 0 leads to no promise']);
  const report = graph([{ promise: 1, index: 1 }]);
  const [main, reply] = report.functions as [SuspendedFunction, SuspendedFunction];
  expect(findContradictions({ ...report, functions: [main, { ...reply, settles: [2], thread: 3 }] })).toEqual([
    'function 1 (reply) is of no thread: 3',
    'promise 2 is not settled by reply, which says so',
    'promise 1 names reply, which does not settle it',
  ]);
});
