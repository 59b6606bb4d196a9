import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import type { Report, ResourceEntry, TaskEntry } from '../../src/report/format.ts';
import { renderJson } from '../../src/reporters/json.ts';
import { renderText } from '../../src/reporters/text.ts';
import { cutLeft, cutRight, duration, plain } from '../../src/reporters/wording.ts';
import { hungServer } from '../support/await-examples.ts';

const orderService = JSON.parse(golden('order-service.json')) as Report;

function golden(name: string): string {
  return readFileSync(new URL(`../golden/${name}`, import.meta.url), 'utf8');
}

function task(id: number, fields: Partial<TaskEntry> = {}): TaskEntry {
  return {
    id,
    name: 'handler',
    kind: 'task',
    state: 'waiting',
    ageMs: 1000 + id,
    started: true,
    createdBy: null,
    createdAt: { file: '/app/server.ts', line: 3, column: 7, function: '', exact: id % 2 === 0 },
    waits: [],
    progress: null,
    parked: null,
    ...fields,
  };
}

function waitFor(on: TaskEntry['waits'][number]['on'], kind: TaskEntry['waits'][number]['kind'] = 'await') {
  return [{ kind, on, forMs: 500, leftMs: null, at: null }];
}

const lock: ResourceEntry = {
  id: 900,
  kind: 'lock',
  name: 'db',
  ageMs: 2000,
  createdAt: null,
  statistics: { kind: 'lock', permits: 1, held: 1, waiters: 1 },
  holders: [{ task: { id: 1, name: 'gone' }, forMs: 1500, at: null, settled: true }],
  lastTaker: null,
};
const awaitTree = 'AWAIT TREE  ─ awaits  ┄ created';
const onLock = { type: 'resource', id: 900, kind: 'lock', name: 'db' } as const;

function report(tasks: readonly TaskEntry[], fields: Partial<Report> = {}): Report {
  return { ...orderService, tasks, resources: [], cycles: [], loop: null, ...fields };
}

/** The lines of one section, without its title. */
function section(text: string, title: string): string[] {
  const lines = text.split('\n');
  const start = lines.indexOf(title) + 1;
  return lines.slice(start, lines.indexOf('', start));
}

describe('the text of a report', () => {
  test.each([80, 120])('of the order service is the golden one at %i columns', async (width) => {
    await expect(renderText(orderService, { width })).toMatchFileSnapshot(`../golden/order-service.${width}.txt`);
  });

  test('is the same from its JSON', () => {
    expect(renderText(JSON.parse(renderJson(orderService)) as Report)).toBe(renderText(orderService));
  });

  test.each([80, 100, 200])('is never wider than %i columns, but for a phrase that cannot be broken', (width) => {
    const tooWide = renderText(orderService, { width })
      .split('\n')
      .filter((line) => stringWidth(line) > width);
    expect(tooWide).toEqual([]);
  });

  test('in colour is the same text', () => {
    const colour = renderText(orderService, { colour: true });
    expect(colour).toContain('\u001B[31m');
    expect(stripVTControlCharacters(colour)).toBe(renderText(orderService));
  });

  test('says so when nothing is pending', () => {
    expect(
      renderText(report([], { reason: 'timeout', process: { ...orderService.process, exitCode: null } })).split(
        '\n',
      )[1],
    ).toBe('loopscope: pending at the timeout: nothing that loopscope knows of');
    expect(renderText(report([]))).not.toContain('TASKS');
  });

  test('counts the functions that are suspended where there is no task', () => {
    const atTimeout = { reason: 'timeout', process: { ...orderService.process, exitCode: null } } as const;
    expect(renderText(report([], { ...atTimeout, awaits: hungServer() }))).toContain(
      `loopscope: pending at the timeout: ${hungServer().functions.length} suspended functions\n`,
    );
  });

  test('shortens the script only if it is below the folder of the program', () => {
    const shown = (command: string): string | undefined =>
      renderText(report([], { process: { ...orderService.process, command, directory: '/srv/app' } })).split('\n')[2];
    expect(shown('/srv/app/main.js')).toBe('  main.js');
    expect(shown('/srv/app-2/main.js')).toBe('  /srv/app-2/main.js');
  });

  test('counts what was dropped', () => {
    expect(renderText(report([task(1)], { dropped: { tasks: 3, resources: 1 } }))).toContain(
      'not shown: 3 tasks and 1 resource beyond the limits of a report',
    );
  });

  test('stops after 200 lines of a section and says how many more there are', () => {
    const tasks = Array.from({ length: 500 }, (_, id) => task(id + 1, { name: `handler ${id}` }));
    const lines = section(renderText(report(tasks)), 'TASKS');
    expect(lines).toHaveLength(201);
    expect(lines.at(-1)).toBe('  … 301 more lines; --format json has all');
  });

  test('draws ten wait cycles, and twenty tasks of each, and says how many more there are', () => {
    const tasks = Array.from({ length: 25 }, (_, id) => task(id + 1));
    const steps = tasks.map(({ id, name }) => ({
      task: id,
      waitsFor: { type: 'task', kind: 'task', id: (id % 25) + 1, name } as const,
    }));
    const cycles = Array.from({ length: 11 }, () => ({ steps }));
    const lines = renderText(report(tasks, { cycles })).split('\n');
    expect(lines.filter((line) => line.startsWith('WAIT CYCLE'))).toHaveLength(10);
    expect(lines.filter((line) => line.includes('more task'))).toEqual(
      Array.from({ length: 10 }, () => '  … 5 more tasks; --format json has all'),
    );
    expect(lines).toContain('  … 1 more wait cycle; --format json has all');
  });

  test('shows a hostile name as what it is, on one line', () => {
    const text = renderText(report([task(1, { name: '\u001B[2J\n\r\u202Eevil\u0007\u{1F469}\u200D\u{1F469}' })]));
    expect(text).toContain(String.raw`\u{1b}[2J\n\u{d}\u{202e}evil\u{7}`);
    expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F\u202E]/);
  });
});

describe('the table', () => {
  test('has one row for equal tasks, however many, and whether or not their sites stand in', () => {
    const tasks = Array.from({ length: 1000 }, (_, id) => task(id + 2, { waits: waitFor(onLock, 'acquire') }));
    expect(section(renderText(report(tasks, { resources: [lock] }), { width: 100 }), 'TASKS')).toEqual([
      '   ID  NAME            KIND  STATE      AGE  WAITING FOR  HELD BY  CREATED AT',
      '  #2…  1000 × handler  task  waiting  1.0 s  lock db      gone #1  server.ts:3',
    ]);
  });

  test('keeps tasks apart that wait for different holders', () => {
    const tasks = [
      task(2, { waits: waitFor(onLock, 'acquire') }),
      task(3, { waits: waitFor({ ...onLock, id: 901 }, 'acquire') }),
    ];
    const other = {
      ...lock,
      id: 901,
      holders: [{ ...lock.holders[0], task: { id: 7, name: 'gone' } }],
    } as ResourceEntry;
    expect(section(renderText(report(tasks, { resources: [lock, other] })), 'TASKS')).toHaveLength(3);
  });
});

describe('the await tree', () => {
  const chain = (from: number, to: number, last: TaskEntry['waits']): TaskEntry[] =>
    Array.from({ length: to - from + 1 }, (_, index) => {
      const id = from + index;
      const next = { type: 'task', id: id + 1, kind: 'task', name: 'handler' } as const;
      return task(id, { createdAt: null, waits: id === to ? last : waitFor(next) });
    });

  test('has who awaits above what is awaited, and equal branches once', () => {
    const tasks = [10, 20, 30].flatMap((id) => chain(id, id + 1, waitFor(onLock, 'acquire')));
    expect(section(renderText(report(tasks, { resources: [lock] })), awaitTree)).toEqual([
      '  3 × handler #10 · 1.0 s',
      '  └─ handler #11 · 1.0 s',
      '     └─ waits for lock db · 500 ms',
      '           held by gone #1 for 1.5 s · it has settled and never released',
    ]);
  });

  test('is drawn for a circle too, cut where it closes', () => {
    const tasks = chain(1, 3, waitFor({ type: 'task', id: 1, kind: 'task', name: 'handler' }));
    const steps = tasks.map(({ id, waits }) => ({
      task: id,
      waitsFor: waits[0]?.on as NonNullable<TaskEntry['waits'][number]['on']>,
    }));
    expect(section(renderText(report(tasks, { cycles: [{ steps }] })), awaitTree)).toEqual([
      '  handler #1 · 1.0 s · in wait cycle 1',
      '  └─ handler #2 · 1.0 s · in wait cycle 1',
      '     └─ handler #3 · 1.0 s · in wait cycle 1',
      '        └─ handler #1 · back in wait cycle 1',
    ]);
  });

  test('of a chain of 10,000 tasks goes on below, and breaks nothing', () => {
    const lines = section(renderText(report(chain(1, 10_000, waitFor(onLock, 'acquire')))), awaitTree);
    expect(lines[16]).toMatch(/└─ handler #17 · shown below$/);
    expect(lines.length).toBeLessThan(201);
  });

  test('says who created a task that somebody else awaits', () => {
    const tasks = [
      task(1, { name: 'boss', createdAt: null, waits: waitFor({ type: 'task', id: 3, kind: 'task', name: 'job' }) }),
      task(2, { name: 'maker', createdAt: null }),
      task(3, { name: 'job', createdAt: null, createdBy: { id: 2, name: 'maker' } }),
    ];
    expect(section(renderText(report(tasks)), awaitTree)).toEqual([
      '  boss #1 · 1.0 s',
      '  └─ job #3 · 1.0 s · created by maker #2',
      '  maker #2 · 1.0 s',
    ]);
  });

  test('has a dotted edge to a task that nobody is known to await, from the one which created it', () => {
    const boss = { id: 1, name: 'boss' };
    const tasks = [task(1, { name: 'boss', createdAt: null }), task(2, { createdAt: null, createdBy: boss })];
    expect(section(renderText(report(tasks)), awaitTree)).toEqual(['  boss #1 · 1.0 s', '  └┄ handler #2 · 1.0 s']);
  });

  test('has the tasks of a group below it', () => {
    const group = { id: 1, name: 'checkout' };
    const tasks = [
      task(1, { ...group, kind: 'group', createdAt: null }),
      task(2, { createdAt: null, createdBy: group }),
    ];
    expect(section(renderText(report(tasks)), awaitTree)).toEqual([
      '  group checkout #1 · 1.0 s',
      '  └─ handler #2 · 1.0 s',
    ]);
  });
});

describe('wording', () => {
  test.each([
    [0, '0 ms'],
    [999.4, '999 ms'],
    [999.5, '1.0 s'],
    [59_949, '59.9 s'],
    [59_950, '1 m'],
    [3_599_000, '59 m 59 s'],
    [3_600_000, '1 h'],
    [86_399_000, '23 h 59 m'],
    [97_200_000, '1 d 3 h'],
  ])('%d milliseconds are %s', (milliseconds, text) => {
    expect(duration(milliseconds)).toBe(text);
  });

  test('what is cut fits, counted in columns and not in characters', () => {
    expect(cutRight('日本語テキスト', 7)).toBe('日本語…');
    expect(cutLeft('日本語テキスト', 7)).toBe('…キスト');
    expect(cutRight('short', 5)).toBe('short');
  });

  test('a name of a megabyte is cut at once', () => {
    expect(plain('x'.repeat(1_000_000))).toBe(`${'x'.repeat(59)}…`);
  });
});
