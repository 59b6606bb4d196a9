import { describe, expect, test } from 'vitest';
import { countBelow, runFrom } from '../../src/report/await-cut.ts';
import { findAwaitCycles } from '../../src/report/await-cycles.ts';
import { awaitTotals } from '../../src/report/await-totals.ts';
import { buildAwaitTrees, type AwaitBranch, type Direction } from '../../src/report/await-tree.ts';
import { viewAwaits, type ViewOptions } from '../../src/report/await-view.ts';
import type { AwaitReport } from '../../src/report/awaits.ts';
import { awaitProgram, type AwaitProgram } from '../support/await-report.ts';

/** `2 handler(1 load(leaf))`: a count where it is not that of the branch above. */
function outline(report: AwaitReport, direction: Direction = 'down', options: ViewOptions = {}): string[] {
  const line = ({ step, leaf, count, ending, branches }: AwaitBranch, above = 1): string => {
    const name = step.type === 'function' ? step.function.name : (leaf?.kind ?? step.type);
    const below = branches.map((branch) => line(branch, count)).join(' ');
    return `${count === above ? '' : `${count} `}${name}${ending === null ? '' : ` <${ending}>`}${below === '' ? '' : `(${below})`}`;
  };
  return buildAwaitTrees(viewAwaits(report, options), direction).map((tree) => line(tree));
}

/** `count` chains which are alike. */
function chains({ call, leaf }: AwaitProgram, count: number): void {
  for (let index = 0; index < count; index++) {
    call('handle', call('load', leaf('socket', `10.0.0.1:${40_000 + index}`), 'db.js:3'), 'http.js:9');
  }
}

describe('the trees of what is awaited', () => {
  test('are one for all chains that are alike, whatever their times and ports', () => {
    const program = awaitProgram();
    chains(program, 3);
    program.call('handle', program.call('load', program.leaf('timer'), 'db.js:3'), 'http.js:9');
    expect(outline(program.report())).toEqual(['3 handle(load(socket))', 'handle(load(timer))']);
    expect(outline(program.report(), 'up')).toEqual(['3 socket(load(handle))', 'timer(load(handle))']);
  });

  test('part upwards where those who await are not the same', () => {
    const { call, leaf, report } = awaitProgram();
    const load = () => call('load', leaf('socket'), 'db.js:3');
    call('getUser', load());
    call('getUser', load());
    call('getOrder', load());
    expect(outline(report())).toEqual(['2 getUser(load(socket))', 'getOrder(load(socket))']);
    expect(outline(report(), 'up')).toEqual(['3 socket(load(2 getUser 1 getOrder))']);
  });

  test('count a promise once that many functions await', () => {
    const { call, leaf, report } = awaitProgram();
    const shared = call('refresh', leaf('fetch'));
    for (let index = 0; index < 5; index++) call('handle', shared);
    expect(outline(report())).toEqual(['5 handle(1 refresh(fetch))']);
    expect(outline(report(), 'up')).toEqual(['fetch(refresh(5 handle))']);
  });

  test('show what several await in full once, and again only if it is short', () => {
    const { call, leaf, report } = awaitProgram();
    const short = call('query', leaf('socket'));
    const long = call('a', call('b', call('c', call('d', short))));
    call('first', long);
    call('second', long);
    call('third', short);
    expect(outline(report())).toEqual([
      'first(a(b(c(d(query(socket))))))',
      'second(a <shown above>)',
      'third(query(socket))',
    ]);
  });

  test('cut a circle where it closes, and draw circles that are alike as one', () => {
    const { call, promise, settle, leaf, join, report } = awaitProgram();
    for (let index = 0; index < 3; index++) {
      const closing = promise();
      const both = join('all', [closing, leaf('timer')]);
      settle(closing, { type: 'follows', promise: call('left', call('right', both, 'r.js:1'), 'l.js:1') });
    }
    expect(outline(report())).toEqual(['3 right(combinator(left(right <await cycle>) timer))']);
    expect(outline(report(), 'up')).toEqual(['3 timer(combinator(right(left(combinator <await cycle>))))']);
    const view = viewAwaits(report());
    expect(findAwaitCycles(view)).toMatchObject([{ count: 3, functions: [{ name: 'right' }, { name: 'left' }] }]);
    expect(awaitTotals(view)).toMatchObject({ chains: 3, cycles: 3, lost: 0 });
  });

  test('know the place of each input of a combinator', () => {
    const { call, leaf, join, report } = awaitProgram();
    call('gather', join('all', [leaf('timer'), call('load', leaf('socket')), leaf('timer'), leaf('timer')]));
    const [combinator] = buildAwaitTrees(viewAwaits(report()), 'down')[0]?.branches ?? [];
    expect(combinator?.branches.map(({ places, count }) => ({ places, count }))).toEqual([
      { places: [0, 2, 3], count: 3 },
      { places: [1], count: 1 },
    ]);
  });

  test('go through promises that follow others, and end where these follow each other', () => {
    const { call, promise, leaf, settle, report } = awaitProgram();
    const followed = leaf('timer');
    call('goesOn', promise({ type: 'follows', promise: promise({ type: 'follows', promise: followed }) }));
    const circle = promise();
    settle(circle, { type: 'follows', promise: promise({ type: 'follows', promise: circle }) });
    call('never', circle);
    expect(outline(report())).toEqual(['goesOn(timer)', 'never(other)']);
    expect(awaitTotals(viewAwaits(report())).lost).toBe(1);
  });

  test('keep generators, callbacks, modules and several settlers of a promise', () => {
    const { call, promise, leaf, report } = awaitProgram();
    const rows = call('rows', leaf('stream'), 'rows.js:1', { kind: 'async generator' });
    const second = promise({ type: 'request', function: 0, position: 2 });
    call('reader', rows);
    call('late', second);
    call('chained', promise({ type: 'then', method: 'then', callback: null, promise: leaf('dns') }));
    call(
      'any',
      promise(
        { type: 'leaf', kind: 'event', detail: '', settledBy: [], verdict: 'unknown' },
        { type: 'function', function: 0 },
      ),
    );
    call('top', promise({ type: 'module', promises: [leaf('worker')] }));
    expect(outline(report())).toEqual([
      'reader(rows(stream))',
      'late(request(rows(stream)))',
      'chained(then(dns))',
      'any(either(event rows(stream)))',
      'top(module(worker))',
    ]);
  });

  test('leave out the functions of Node above those of the program, but never what the program waits for', () => {
    const { call, leaf, join, report } = awaitProgram();
    const internal = 'node:internal/modules/run_main:105';
    call(
      'runEntry',
      call('evaluate', call('main', call('readable', leaf('stream'), 'node:events:3')), internal),
      internal,
    );
    call('alone', leaf('file'), internal);
    call('half', join('all', [call('job', leaf('timer')), leaf('socket')]), internal);
    expect(outline(report())).toEqual(['main(readable(stream))', 'alone(file)', 'half(combinator(job(timer) socket))']);
    expect(outline(report(), 'down', { filter: { allFrames: true } })[0]).toBe(
      'runEntry(evaluate(main(readable(stream))))',
    );
    expect(awaitTotals(viewAwaits(report())).hidden).toBe(2);
  });

  test('through a function keep who awaits it and all that it awaits', () => {
    const { call, leaf, join, report } = awaitProgram();
    const both = join('all', [call('Repo.find', leaf('socket')), call('pause', leaf('timer'))]);
    call('handle', both, 'http.js:1');
    call('other', leaf('file'), 'jobs/other.js:1');
    expect(outline(report(), 'down', { focus: 'repo.F' })).toEqual(['handle(combinator(Repo.find(socket)))']);
    expect(outline(report(), 'up', { focus: 'handle' })).toEqual([
      'socket(Repo.find(combinator(handle)))',
      'timer(pause(combinator(handle)))',
    ]);
    expect(outline(report(), 'down', { filter: { file: 'JOBS/' } })).toEqual(['other(file)']);
    expect(outline(report(), 'down', { filter: { leaf: 'file' } })).toEqual(['other(file)']);
    expect(outline(report(), 'down', { focus: 'nothing' })).toEqual([]);
  });

  test('of 10,000 calls that await each other are one run of a recursive function, or 10,000 levels', () => {
    const { call, leaf, report } = awaitProgram();
    let [same, unlike] = [leaf('timer'), leaf('timer')];
    for (let index = 0; index < 10_000; index++) {
      same = call('walk', same);
      unlike = call(`step ${index}`, unlike);
    }
    const [first, second] = buildAwaitTrees(viewAwaits(report()), 'down') as [AwaitBranch, AwaitBranch];
    expect([runFrom(first).times, runFrom(second).times].toSorted((a, b) => a - b)).toEqual([1, 10_000]);
    expect(countBelow(second).branches).toBe(10_000);
    expect(buildAwaitTrees(viewAwaits(report()), 'up')).toHaveLength(1);
  });
});
