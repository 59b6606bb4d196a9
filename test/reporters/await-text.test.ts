import { stripVTControlCharacters } from 'node:util';
import * as fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { watchAwaits } from '../../src/report/await-watch.ts';
import type { AwaitReport, Reading } from '../../src/report/awaits.ts';
import { awaitJson } from '../../src/reporters/await-json.ts';
import { awaitTable } from '../../src/reporters/await-table.ts';
import { awaitTree } from '../../src/reporters/await-tree.ts';
import { anyAwaitReport } from '../support/await-arbitrary.ts';
import { hungServer, shop } from '../support/await-examples.ts';
import { awaitProgram, siteOf } from '../support/await-report.ts';

const programs = { server: hungServer(), shop: shop() };

/** The lines below a title. */
function below(text: string, title: string): string[] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith(title)) + 1;
  return lines.slice(start, lines.indexOf('', start));
}

function tree(report: AwaitReport, options: Parameters<typeof awaitTree>[1] = {}): string[] {
  return below(awaitTree(report, options), options.direction === 'up' ? 'AWAITED BY' : 'AWAIT TREE');
}

function head(reading: Partial<Reading>): string[] {
  const { call, leaf, report } = awaitProgram();
  call('main', leaf('timer'));
  const lines = awaitTable(report({ reading: { ...report().reading, ...reading } })).split('\n');
  return lines.slice(4, lines.indexOf('', 1));
}

describe('what a process awaits, as text', () => {
  test.each([80, 120])('reads as in the golden files at %i columns', async (width) => {
    for (const [name, report] of Object.entries(programs)) {
      const text = [
        awaitTable(report, { width }),
        awaitTree(report, { width }),
        awaitTree(report, { width, direction: 'up' }),
      ];
      await expect(text.join('')).toMatchFileSnapshot(`../golden/await-${name}.${width}.txt`);
    }
  });

  test('is the same from its JSON, which is the report with rows', () => {
    for (const report of Object.values(programs)) {
      const { rows, ...read } = JSON.parse(awaitJson(report)) as AwaitReport & { readonly rows: unknown[] };
      expect(read).toEqual(JSON.parse(JSON.stringify(report)));
      expect(rows.length).toBeGreaterThan(0);
      expect(awaitJson(report).split('\n')).toHaveLength(2);
      expect(awaitTree(read)).toBe(awaitTree(report));
    }
  });

  test('whatever the report, is never too wide, nor anything but text, and in colour the same', () => {
    fc.assert(
      fc.property(anyAwaitReport, fc.constantFrom(80, 97, 140), fc.nat(4), (report, width, depth) => {
        const looks = watchAwaits(watchAwaits(null, report), report);
        for (const draw of [
          (colour: boolean) => awaitTable(report, { width, colour }),
          (colour: boolean) => awaitTable(report, { width, colour, watch: looks }),
          (colour: boolean) => awaitTree(report, { width, colour, filter: { allFrames: true } }),
          (colour: boolean) => awaitTree(report, { width, colour, direction: 'up', depth: depth + 1 }),
        ]) {
          const text = draw(false);
          expect(text.split('\n').filter((line) => stringWidth(line) > width)).toEqual([]);
          expect(text).not.toMatch(/[^\P{C}\n]/u);
          expect(stripVTControlCharacters(draw(true))).toBe(text);
        }
        expect(JSON.parse(awaitJson(report))).toMatchObject({ format: 'loopscope-awaits' });
      }),
    );
  });

  test('is one line below the head where nothing is pending', () => {
    const report = awaitProgram().report();
    const text = [
      '',
      'loopscope: nothing is pending: no function is suspended at an await',
      '  server.js',
      '  pid 4242, Node 24.21.0, up 2 h 3 m',
      '  read from memory (37 MB) in 300 ms, the process ran on',
      '',
    ].join('\n');
    expect(awaitTable(report)).toBe(text);
    expect(awaitTree(report)).toBe(text);
  });

  test('says how it was read, and what that cost the process', () => {
    expect(head({})).toEqual(['  read from memory (37 MB) in 300 ms, the process ran on']);
    expect(head({ stoppedMs: 200, attempts: 3, changed: 1 })).toEqual([
      '  read from memory (37 MB) in 300 ms, the process stood still for 200 ms',
      '  read 3 times until two looks agreed',
      '  1 function is left out: what it awaits has settled, or was lost',
    ]);
    expect(head({ via: 'core', bytes: null, tookMs: 2000 })).toEqual(['  read from a core dump in 2.0 s']);
    expect(head({ via: 'in-process', bytes: null })[0]).toContain('read from its own memory in');
    expect(head({ via: 'probe', bytes: null })[0]).toContain('read through the inspector in');
    expect(head({ via: 'snapshot', bytes: null })[0]).toContain('read from a heap snapshot in');
  });

  test('says who could settle a leaf, that nobody can, or that it is not known', () => {
    const { call, leaf, report } = awaitProgram();
    call('first', leaf('lock', '', ['mutex', 'waiters', 'resolve']));
    call('second', leaf('unknown', '', [], 'none'), 'b.js:2');
    call('third', leaf('unknown'), 'c.js:3');
    expect(tree(report())).toEqual([
      '  first  app.js:1:5',
      '  └─ lock · settled by mutex → waiters → resolve',
      '  second  b.js:2:5',
      '  └─ promise · nobody: no resolver is reachable',
      '  third  c.js:3:5',
      '  └─ promise · settler not found',
    ]);
    const without = report({ reading: { ...report().reading, settlers: false } });
    expect(awaitTree(without)).toContain('\nWho could settle the leaves was not looked for.\n');
    expect(tree(without).at(-1)).toBe('  └─ promise');
    expect(awaitTable(report()).split('\n')[1]).toBe(
      'loopscope: 3 suspended functions in 3 chains · 1 can never go on',
    );
  });

  test('never cuts the path to a settler', () => {
    const { call, leaf, report } = awaitProgram();
    const path = Array.from({ length: 20 }, (_, index) => `Holder${index}.property`);
    call('main', leaf('queue', '', path));
    const lines = tree(report());
    expect(lines.length).toBeGreaterThan(4);
    expect(
      lines
        .slice(2)
        .map((line) => line.trim())
        .join(' '),
    ).toBe(`settled by ${path.join(' → ')}`);
  });

  test('names the tasks, threads, callbacks and kinds of functions', () => {
    const { call, leaf, whenSettled, report } = awaitProgram();
    const threads = ['main', 'worker 1', 'worker 2'].map((name, id) => ({ id, name }));
    for (let id = 0; id < 3; id++) {
      const task = { id: 10 + id, name: 'POST /ship', ageMs: 2000 + id };
      const rows = call('rows', leaf('stream'), 'rows.ts:7', { kind: 'async generator', thread: id, task });
      whenSettled(call('ship', rows, 'ship.ts:9', { thread: id, task }), siteOf('http.ts:4', 'answer'));
    }
    expect(tree(report({ threads }))).toEqual([
      '  3 × ship  ship.ts:9:5 · task POST /ship #12, 2.0 s, and 2 more',
      '  │  in 3 threads · then answer at http.ts:4:5',
      '  └─ rows  rows.ts:7:5 · async generator',
      '     │  task POST /ship #12, 2.0 s, and 2 more',
      '     └─ stream · settler not found',
    ]);
    expect(below(awaitTable(report({ threads })), 'SUSPENDED FUNCTIONS').slice(1, 3)).toEqual([
      '      3 ship     ship.ts:9  stream    settler not found (itself)',
      '        task POST /ship #12, 2.0 s, and 2 more · in 3 threads',
    ]);
  });

  test('says how much lies below the depth that was asked for, and to which leaf it leads', () => {
    const { call, leaf, report } = awaitProgram();
    call('a', call('b', call('c', call('d', leaf('timer', '3.0 s left', ['Timeout'])))));
    expect(tree(report(), { depth: 2 })).toEqual([
      '  a  app.js:1:5',
      '  └─ b  app.js:1:5',
      '     └─ … 3 more below, down to timer, 3.0 s left',
    ]);
    expect(tree(report(), { depth: 5 })).toHaveLength(5);
    expect(tree(report(), { depth: 4 }).at(-1)).toContain('… 1 more below');
  });

  test('of a function that calls itself is one line, and a deep chain does not leave the screen', () => {
    const { call, leaf, report } = awaitProgram();
    let chain = leaf('timer');
    for (let index = 0; index < 50; index++) chain = call('walk', chain);
    for (let index = 20; index > 0; index--) chain = call(`step${index}`, chain, `steps.js:${index}`);
    const lines = tree(report());
    expect(lines).toHaveLength(22);
    expect(lines.slice(8, 11)).toEqual([
      '                       ↳ step9  steps.js:9:5',
      '                       ↳ step10  steps.js:10:5',
      '                       ↳ step11  steps.js:11:5',
    ]);
    expect(lines.slice(-2)).toEqual([
      '                       ↳ walk  app.js:1:5 · 50 in a row',
      '                       ↳ timer · settler not found',
    ]);
  });

  test('stops after 200 lines or rows and says how many more there are', () => {
    const { call, leaf, report } = awaitProgram();
    for (let index = 0; index < 500; index++) call(`handler${index}`, leaf('timer'), `h.js:${index + 1}`);
    expect(tree(report())).toHaveLength(201);
    expect(tree(report()).at(-1)).toBe('  … 400 trees more; --json has all');
    expect(tree(report(), { most: Infinity })).toHaveLength(1000);
    expect(below(awaitTable(report()), 'SUSPENDED FUNCTIONS').at(-1)).toBe('  … 300 rows more; --json has all');
    expect(tree(report(), { direction: 'up', most: 100 }).at(-1)).toBe('  … 401 branches more; --json has all');
  });

  test('says what a filter leaves out, and what belongs to Node', () => {
    const text = awaitTree(programs.shop, { focus: 'repo.store' });
    expect(text).toContain('\n980 of 3,938 functions match what was asked for.\n');
    expect(text).toContain("1 function of Node above the program's own is not shown; --all-frames shows");
    expect(text).not.toContain('refreshRates');
    expect(awaitTable(programs.shop, { filter: { function: 'nothing' } })).not.toContain('SUSPENDED FUNCTIONS');
  });

  test('of several looks says what stays, and does not claim that it is the same functions', () => {
    const later = { ...programs.server, takenAt: '2026-01-01T00:00:12.000Z' };
    const watch = watchAwaits(watchAwaits(null, programs.server), later);
    const first = awaitTable(programs.server, { watch: watchAwaits(null, programs.server) });
    expect(first).toContain('\nlook 1; what stays is told from the second on\n');
    expect(first).not.toContain('SEEN');
    const text = awaitTable(later, { watch });
    expect(below(text, 'SUSPENDED FUNCTIONS').slice(0, 2)).toEqual([
      expect.stringMatching(/^ {2}COUNT LEAST {7}SEEN FUNCTION/),
      expect.stringMatching(/^ {2}1,000 1,000 2\/2 12\.0 s \(anonymo.*socket 127\.0\.0\.1:5432 /),
    ]);
    expect(text).toContain('\nlook 2, 12.0 s after the first. SEEN:');
    expect(text).toContain('stuck or always others');
    const { rows } = JSON.parse(awaitJson(later, { watch })) as { rows: { seen: unknown }[] };
    expect(rows[0]?.seen).toEqual({ looks: 2, forMs: 12_000, least: 1000 });
  });
});
