import { describe, expect, test } from 'vitest';
import type { BlockEntry, LoopEntry, ProcessEntry, Report } from '../../src/report/format.ts';
import { drawLoop } from '../../src/reporters/loop-lines.ts';
import { renderText } from '../../src/reporters/text.ts';

const healthy: LoopEntry = {
  observedMs: 60_000,
  turns: 900,
  delay: { p50Ms: 0.02, p99Ms: 1.25, maxMs: 12.4, meanMs: 0.1 },
  utilization: 0.314,
  processorWaitMs: 80,
  gc: { count: 0, totalMs: 0, maxMs: 0, kinds: {} },
  thresholdMs: 100,
  blocks: [],
  droppedBlocks: 0,
};

const parse: BlockEntry = {
  kind: 'javascript',
  native: null,
  count: 2,
  totalMs: 640,
  maxMs: 400,
  gcMs: 10,
  now: false,
  stack: [
    { file: '/app/src/orders.ts', line: 12, column: 5, function: 'parseOrders', exact: true },
    { file: '/app/src/server.ts', line: 30, column: 9, function: '', exact: true },
  ],
  tasks: [
    { id: 5, name: 'POST /order' },
    { id: 9, name: 'POST /order' },
  ],
  otherTasks: 0,
  slice: null,
};

const app: ProcessEntry = {
  pid: 1,
  parentPid: 0,
  threadId: 0,
  command: '/app/server.ts',
  directory: '/app',
  node: '24.0.0',
  uptimeMs: 60_000,
  exitCode: 0,
};

function report(loop: LoopEntry | null): Report {
  return {
    format: 'loopscope-report',
    version: 1,
    reason: 'exit',
    takenAt: '2026-11-20T12:00:00.000Z',
    process: app,
    tasks: [],
    resources: [],
    cycles: [],
    loop,
    awaits: null,
    profile: null,
    telemetry: null,
    dropped: { tasks: 0, resources: 0 },
  };
}

function draw(fields: Partial<LoopEntry>, width = 78): string[] {
  return drawLoop(report({ ...healthy, ...fields }), width);
}

describe('the loop in the text of a report', () => {
  test('that nobody measured has no section', () => {
    expect(renderText(report(null))).not.toContain('LOOP');
  });

  test('that is healthy is one line', () => {
    expect(draw({})).toEqual(['delay p50 0 ms, p99 1.3 ms, max 12 ms · busy 31 % of 1 m']);
  });

  test('that did not turn yet says so, and nothing at the end', () => {
    const none = report({ ...healthy, observedMs: 0 });
    expect(drawLoop({ ...none, reason: 'asked' }, 78)).toEqual(['it has not turned yet']);
    expect(drawLoop(none, 78)).toEqual([]);
  });

  test('says how long garbage was collected, and what others took of the processors if it was much', () => {
    const gc = { count: 5, totalMs: 12, maxMs: 4, kinds: {} };
    expect(draw({ gc, processorWaitMs: 9000 }, 200)).toEqual([
      'delay p50 0 ms, p99 1.3 ms, max 12 ms · busy 31 % of 1 m · 5 GC pauses, 12 ms, longest 4.0 ms · 9.0 s without a processor',
    ]);
  });

  test('names what blocked it: function, time, kind, line, tasks and callers', () => {
    const native: BlockEntry = {
      ...parse,
      kind: 'native call',
      native: 'execSync',
      count: 1,
      totalMs: 140,
      maxMs: 140,
      stack: [{ file: '/app/src/git.ts', line: 40, column: 3, function: 'log', exact: true }],
      tasks: [],
    };
    expect(draw({ blocks: [parse, native] }).slice(1)).toEqual([
      'blocked 3 times for 780 ms, longest 400 ms (a turn over 100 ms is a block)',
      '  2 × parseOrders · 640 ms · longest 400 ms · javascript',
      '    at src/orders.ts:12:5 · in POST /order #5, +1',
      '      from (anonymous) · src/server.ts:30:9',
      '  execSync · 140 ms · native call · at src/git.ts:40:3',
    ]);
  });

  test('says which block goes on, which was garbage collection, and which nobody saw', () => {
    const once = { ...parse, count: 1, totalMs: 400, tasks: [], stack: parse.stack.slice(0, 1) };
    const unknown: BlockEntry = { ...once, kind: 'unknown', stack: [] };
    expect(
      draw({ blocks: [{ ...once, now: true }, { ...once, gcMs: 390 }, unknown], droppedBlocks: 2 }).slice(2),
    ).toEqual([
      '  parseOrders · 400 ms and still · javascript · at src/orders.ts:12:5',
      '  parseOrders · 400 ms · javascript · 390 ms of it GC · at src/orders.ts:12:5',
      '  something that ended before it could be looked at (--profile names it)',
      '    400 ms',
      '  … 2 blocks more',
    ]);
  });

  test('is the headline where nothing is pending', () => {
    expect(renderText(report({ ...healthy, blocks: [parse] })).split('\n')[1]).toBe(
      'loopscope: at exit with code 0: nothing pending, loop blocked 2 times for 640 ms',
    );
  });

  test('keeps to the width, whatever the names are', () => {
    const long = { ...parse, stack: parse.stack.map((site) => ({ ...site, function: 'name'.repeat(50) })) };
    for (const line of draw({ blocks: [long] })) expect(line.length).toBeLessThanOrEqual(78);
  });
});
