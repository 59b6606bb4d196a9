import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { countBelow, runFrom } from '../../src/report/await-cut.ts';
import { findAwaitCycles } from '../../src/report/await-cycles.ts';
import { awaitRows } from '../../src/report/await-rows.ts';
import { awaitTotals } from '../../src/report/await-totals.ts';
import { buildAwaitTrees, type AwaitBranch } from '../../src/report/await-tree.ts';
import { viewAwaits, type AwaitView } from '../../src/report/await-view.ts';
import { anyAwaitReport } from '../support/await-arbitrary.ts';
import { awaitProgram } from '../support/await-report.ts';

const rowsBy = fc.constantFrom('chain' as const, 'below' as const, 'look' as const);

function branchesOf(trees: readonly AwaitBranch[]): AwaitBranch[] {
  return trees.flatMap((tree) => [tree, ...branchesOf(tree.branches)]);
}

function shownFunctions({ nodes, shown }: AwaitView): number[] {
  return nodes.flatMap(({ id, step }) => (shown[id] === true && step.type === 'function' ? [step.function.id] : []));
}

test('whatever the graph, every function is in a tree, and is counted once', () => {
  fc.assert(
    fc.property(
      anyAwaitReport,
      fc.constantFrom('down' as const, 'up' as const),
      fc.boolean(),
      fc.constantFrom('', 'load', 'find'),
      (report, direction, allFrames, focus) => {
        const view = viewAwaits(report, { filter: { allFrames }, focus });
        const branches = branchesOf(buildAwaitTrees(view, direction)).filter(({ functions }) => functions.length > 0);
        const ids = new Set(branches.flatMap(({ functions }) => functions.map(({ id }) => id)));
        expect([...ids].toSorted((a, b) => a - b)).toEqual(shownFunctions(view));
        expect(branches.reduce((sum, { count, again }) => sum + count - again, 0)).toBe(ids.size);
        for (const branch of branches) expect(branch.count).toBe(branch.functions.length);
      },
    ),
  );
});

test('whatever the graph, each function that is asked for is in one row, and none is both hidden and counted', () => {
  fc.assert(
    fc.property(anyAwaitReport, fc.boolean(), rowsBy, (report, allFrames, by) => {
      const view = viewAwaits(report, { filter: { allFrames } });
      const rows = awaitRows(report, view, by);
      const { functions, matching, hidden, lost } = awaitTotals(view);
      expect(rows.flatMap((row) => row.functions).toSorted((a, b) => a - b)).toEqual(shownFunctions(view));
      expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(matching);
      expect(matching + hidden).toBe(functions);
      expect(functions).toBe(report.functions.length);
      expect(lost).toBeLessThanOrEqual(matching);
      expect(allFrames ? hidden : 0).toBe(0);
    }),
  );
});

test('whatever the graph, a function awaits itself exactly if its row says so, and it is on a circle that is named', () => {
  fc.assert(
    fc.property(anyAwaitReport, (report) => {
      const view = viewAwaits(report, { filter: { allFrames: true } });
      const circular = view.nodes.filter(({ id, step }) => step.type === 'function' && reachesItself(view, id));
      expect(circular.every(({ id }) => view.shapes.circular[id])).toBe(true);
      expect(view.shapes.circular.filter((each, id) => each && view.nodes[id]?.step.type === 'function')).toHaveLength(
        circular.length,
      );
      const cycles = findAwaitCycles(view);
      expect(cycles.length > 0).toBe(circular.length > 0);
      for (const { functions } of cycles) expect(functions.length).toBeGreaterThan(0);
    }),
  );
});

test('whatever the graph, a run and what is below it are the whole tree', () => {
  fc.assert(
    fc.property(anyAwaitReport, (report) => {
      for (const tree of buildAwaitTrees(viewAwaits(report), 'down')) {
        const { last, times } = runFrom(tree);
        expect(times + countBelow(last).branches).toBe(branchesOf([tree]).length);
      }
    }),
  );
});

test('40,000 functions, in equal chains, in one chain or in one circle, are understood without a deep stack', () => {
  const { call, leaf, promise, settle, report } = awaitProgram();
  const closing = promise();
  let [chain, circle] = [leaf('timer'), closing];
  for (let index = 0; index < 10_000; index++) {
    chain = call(`step ${index}`, chain);
    circle = call(`round ${index}`, circle);
    call('handle', call('load', leaf('socket', `10.0.0.1:${32_768 + index}`)));
  }
  settle(closing, { type: 'follows', promise: circle });
  const view = viewAwaits(report());
  expect(awaitTotals(view)).toMatchObject({ functions: 40_000, chains: 10_002, cycles: 1, lost: 0 });
  expect(awaitRows(report(), view).slice(0, 2)).toMatchObject([{ count: 10_000 }, { count: 10_000 }]);
  expect(buildAwaitTrees(view, 'down').map(({ count }) => count)).toEqual([10_000, 1, 1]);
  expect(buildAwaitTrees(view, 'up').map(({ count }) => count)).toEqual([10_000, 1, 1]);
});

function reachesItself({ nodes }: AwaitView, id: number): boolean {
  const reached = new Set(nodes[id]?.below);
  for (const node of reached) for (const below of node.below) reached.add(below);
  return [...reached].some((node) => node.id === id);
}
