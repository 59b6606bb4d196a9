import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isWorthShowing } from '../../src/report/worth.ts';
import { hungServer } from '../support/await-examples.ts';
import type { BlockEntry, LoopEntry, Report } from '../../src/report/format.ts';

const file = new URL('../golden/order-service.json', import.meta.url);
const golden = JSON.parse(readFileSync(file, 'utf8')) as Report;
const nothing: Report = { ...golden, reason: 'exit', tasks: [], awaits: null, loop: null, profile: null, warnings: [] };
const ended: Report['process'] = { ...golden.process, exitCode: 13, isDrained: true };

function blocked(kind: BlockEntry['kind'], maxMs: number): Report {
  const block: BlockEntry = { ...(golden.loop?.blocks[0] as BlockEntry), kind, maxMs };
  return { ...nothing, loop: { ...(golden.loop as LoopEntry), thresholdMs: 100, blocks: [block] } };
}

test.each([
  [false, 'nothing is in it', nothing],
  [true, 'nothing is in it, and it was asked for', { ...nothing, reason: 'asked' }],
  [true, 'a task is pending', { ...nothing, tasks: golden.tasks }],
  [true, 'something blocked the loop', blocked('javascript', 100)],
  [true, 'something unknown blocked the loop for long', blocked('unknown', 500)],
  [false, 'something unknown blocked the loop', blocked('unknown', 499)],
  [true, 'the main module awaits for ever', { ...nothing, process: ended, awaits: hungServer() }],
  [false, 'the main module awaits for ever, and what was not read', { ...nothing, process: ended }],
  [false, 'nothing is in it at Ctrl-C', { ...nothing, reason: 'interrupt' }],
  [true, 'functions are suspended at Ctrl-C', { ...nothing, reason: 'interrupt', awaits: hungServer() }],
  [false, 'functions are suspended at the end', { ...nothing, awaits: hungServer() }],
] as const)('%s: a report in which %s', (expected, _, report) => {
  expect(isWorthShowing(report)).toBe(expected);
});
