import { expect, test } from 'vitest';
import { awaitRows, type AwaitRow, type RowsBy } from '../../src/report/await-rows.ts';
import type { AwaitFilter } from '../../src/report/await-filter.ts';
import { awaitTotals } from '../../src/report/await-totals.ts';
import { viewAwaits } from '../../src/report/await-view.ts';
import { watchAwaits } from '../../src/report/await-watch.ts';
import type { AwaitReport } from '../../src/report/awaits.ts';
import { awaitProgram } from '../support/await-report.ts';
import { hungServer, shop } from '../support/await-examples.ts';

function rows(report: AwaitReport, filter: AwaitFilter = {}) {
  return awaitRows(report, viewAwaits(report, { filter }));
}

test('a row stands for all functions with the same await, and the same chain above and below', () => {
  const { call, leaf, report } = awaitProgram();
  for (let index = 0; index < 4; index++) {
    const load = call('load', leaf('timer', `${index + 1}.0 s left`, ['Timeout', `[${index}]`]), 'db.js:3');
    call(index < 3 ? 'getUser' : 'getOrder', load);
  }
  expect(
    rows(report()).map(({ count, name, roots, waitsFor: { leaves } }) => [
      count,
      name,
      roots.map((root) => root.name).join(),
      leaves[0]?.detail,
      leaves[0]?.settledBy.join(' '),
    ]),
  ).toEqual([
    [3, 'getUser', '', '1.0–3.0 s left', 'Timeout […]'],
    [3, 'load', 'getUser', '1.0–3.0 s left', 'Timeout […]'],
    [1, 'getOrder', '', '4.0 s left', 'Timeout [3]'],
    [1, 'load', 'getOrder', '4.0 s left', 'Timeout [3]'],
  ]);
});

test('a row says what its functions wait for in the end, in which threads and tasks', () => {
  const { call, leaf, join, report } = awaitProgram();
  const threads = [0, 1].map((id) => ({ id, name: id === 0 ? 'main' : 'worker 1' }));
  for (let index = 0; index < 7; index++) {
    const task = { id: index + 1, name: 'job', ageMs: index * 10 };
    const inputs = [leaf('timer'), leaf('socket'), ...Array.from({ length: index }, () => leaf('timer'))];
    call('gather', join('all', inputs, 12), 'a.js:1', { thread: index % 2, task: index < 6 ? task : null });
  }
  expect(rows(report({ threads }))).toMatchObject([
    {
      count: 7,
      threads: ['main', 'worker 1'],
      inTasks: 6,
      tasks: [6, 5, 4, 3, 2].map((id) => ({ id })),
      waitsFor: {
        combinator: { method: 'all', pending: { least: 2, most: 8 }, total: { least: 12, most: 12 } },
        leaves: [{ kind: 'timer' }, { kind: 'socket' }],
        more: false,
        cycle: null,
      },
    },
  ]);
});

test('a filter keeps the rows whose function, file or leaf has its words, whatever their case', () => {
  const names = (filter: AwaitFilter): string[] => rows(shop(), filter).map(({ name }) => name);
  expect(names({ function: 'STORE' })).toEqual(['Repo.store']);
  expect(names({ file: 'src/ship' })).toEqual(['ship', 'refund']);
  expect(names({ leaf: 'pool.busy' })).toEqual(['placeOrder', 'Repo.store']);
  expect(names({ leaf: 'timer', function: 'p' })).toEqual(['placeOrder', 'pause']);
  expect(names({ function: 'nothing' })).toEqual([]);
  expect(names({})).not.toContain('asyncRunEntryPointWithESMLoader');
  expect(names({ allFrames: true })).toContain('asyncRunEntryPointWithESMLoader');
});

test('more leaves than a row can name are said to be more', () => {
  const { call, leaf, join, report } = awaitProgram();
  call(
    'gather',
    join(
      'all',
      Array.from({ length: 9 }, (_, index) => leaf('event', `event "e${index}"`)),
    ),
  );
  expect(rows(report())[0]?.waitsFor).toMatchObject({ leaves: { length: 8 }, more: true });
});

test('what stays across looks has the age of the first of the looks in a row, and the least count', () => {
  const look = (second: number, requests: number, alsoTimer: boolean): AwaitReport => {
    const { call, leaf, report } = awaitProgram();
    for (let index = 0; index < requests; index++)
      call('handle', leaf('socket', `10.0.0.1:${50_000 + second + index}`));
    if (alsoTimer) call('tick', leaf('timer', `${second}.5 s left`));
    return report({ takenAt: new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString() });
  };
  let watch = watchAwaits(null, look(0, 9, true));
  watch = watchAwaits(watch, look(4, 7, false));
  const last = look(12, 8, true);
  watch = watchAwaits(watch, last);
  expect(watch).toMatchObject({
    looks: 3,
    firstAt: Date.parse('2026-01-01'),
    lastAt: Date.parse('2026-01-01') + 12_000,
  });
  expect(rows(last).map(({ name, key }) => [name, watch.seen.get(key)])).toEqual([
    ['handle', { looks: 3, forMs: 12_000, least: 7 }],
    ['tick', { looks: 1, forMs: 0, least: 1 }],
  ]);
});

test('the key of a row is the same in another report of the same program', () => {
  const keys = (): string[] => rows(hungServer()).map(({ key }) => key);
  expect(keys()).toEqual(keys());
  expect(new Set(keys()).size).toBe(3);
});

test('rows can leave aside what is between a function and its leaf, or its root', () => {
  const { call, leaf, report } = awaitProgram();
  const query = () => call('query', leaf('socket', '127.0.0.1:5432'), 'db.js:3');
  call('handle', call('load', query(), 'a.js:1'), 'http.js:1');
  call('handle', call('cached', query(), 'b.js:1'), 'http.js:1');
  call('job', query());
  const view = viewAwaits(report());
  const counts = (by: RowsBy) =>
    awaitRows(report(), view, by).flatMap(({ name, count, roots }) =>
      name === 'query' ? [`${count} below ${roots.map((root) => root.name).join(' and ')}`] : [],
    );
  expect(counts('chain')).toEqual(['1 below handle', '1 below handle', '1 below job']);
  expect(counts('look')).toEqual(['2 below handle', '1 below job']);
  expect(counts('below')).toEqual(['3 below handle and job']);
});

test('a function above an await cycle does not await itself, and is said to wait for the cycle', () => {
  const { call, promise, settle, report } = awaitProgram();
  const closing = promise();
  settle(closing, { type: 'follows', promise: call('left', call('right', closing)) });
  call('above', closing);
  const view = viewAwaits(report());
  expect(awaitRows(report(), view).map(({ name, waitsFor }) => [name, waitsFor.cycle])).toEqual([
    ['above', 'below'],
    ['left', 'itself'],
    ['right', 'itself'],
  ]);
  expect(awaitTotals(view)).toMatchObject({ chains: 1, cycles: 1, lost: 0 });
});

test('a row names four functions at the top, and says that there are more', () => {
  const { call, leaf, report } = awaitProgram();
  const shared = call('refresh', leaf('fetch'));
  const named = (): AwaitRow | undefined => rows(report()).find(({ name }) => name === 'refresh');
  for (let index = 1; index <= 4; index++) call(`page${index}`, shared, `page.js:${index}`);
  expect(named()).toMatchObject({ roots: [1, 2, 3, 4].map((index) => ({ name: `page${index}` })), moreRoots: false });
  call('page5', shared, 'page.js:5');
  expect(named()).toMatchObject({ roots: { length: 4 }, moreRoots: true });
});
