// What is read through an inspector that is open, against what each program says of itself.
import { expect, test } from 'vitest';
import { readProbe } from '../../src/heap/inspector/probe.ts';
import { readSnapshot } from '../../src/heap/inspector/snapshot.ts';
import type { AwaitReport } from '../../src/report/awaits.ts';
import { SiteMapper } from '../../src/runtime/source-map.ts';
import { pathOf, startHanging, tryProgram, type Setting } from './trial.ts';
import { findWrongAwaits, readTruth } from './truth.ts';

const mapper = new SiteMapper();
const options = { mapSite: mapper.map.bind(mapper) };
const snapshot = (pid: number): Promise<AwaitReport> => readSnapshot(pid, options);
const probe = (pid: number): Promise<AwaitReport> => readProbe(pid, options);

const modules = ['main', 'database', 'settings', 'plugin'].map((name) => `modules/${name}.mjs`);

/** Each listens for a debugger on a port of its own. */
const inspected: Setting = { flags: ['--inspect=0'] };

test.concurrent.each<[string, Setting]>([
  ['reactions.mjs', {}],
  ['generators.mjs', {}],
  ['thenables.mjs', {}],
  ['modules/main.mjs', { sources: modules }],
  ['mutex.mjs', {}],
  ['queue.mjs', {}],
  ['shared.mjs', {}],
  ['names.mjs', {}],
  ['timers.mjs', {}],
  ['fetch.mjs', {}],
  ['files.mjs', {}],
  ['children.mjs', {}],
  ['messages.mjs', {}],
  ['contexts.mjs', { sources: ['contexts.mjs', 'inside.cjs'] }],
])('a heap snapshot has every await of %s, with what it hangs on', async (program, setting) => {
  const { wrong } = await tryProgram(program, { ...inspected, ...setting, read: snapshot });
  expect(wrong).toEqual([]);
});

test.concurrent.each(['names.mjs', 'als.mjs', 'deep.mjs', 'http-server.mjs'])(
  'stacks have every await of %s',
  async (program) => {
    const { report } = await tryProgram(program, { ...inspected, read: probe });
    expect(findWrongAwaits(readTruth([pathOf(program)]), report.functions)).toEqual([]);
  },
);

test('stacks have the inputs of combinators by their places, and say that leaves are not known', async () => {
  const { report } = await tryProgram('combinators.mjs', { ...inspected, read: probe });
  const waitsForAny = report.functions.find(({ name }) => name === 'waitsForAny');
  const [source] = report.promises[waitsForAny?.awaits ?? -1]?.settledBy ?? [];
  if (source?.type !== 'combinator') throw new Error(`not a combinator: ${source?.type}`);
  expect(source.inputs.map(({ index }) => index)).toEqual([1, 2]);
  const [first, second] = source.inputs.map(({ promise }) => report.promises[promise]?.settledBy);
  expect(first).toEqual([{ type: 'leaf', kind: 'unknown', detail: '', settledBy: [], verdict: 'unknown' }]);
  expect(second).toEqual([{ type: 'function', function: expect.any(Number) as number }]);
  expect(report.reading).toMatchObject({ via: 'probe', settlers: false, attempts: 1 });
  expect(report.notes).toContain('Who could settle a promise was not looked for: --settlers does.');
});

test('a promise that nobody can settle any more is said to be one', async () => {
  const { pid, stop } = await startHanging('unsettleable.mjs', inspected);
  try {
    const { functions, promises } = await readSnapshot(pid);
    const { awaits } = functions.find(({ name }) => name === 'waitsForNobody') ?? { awaits: -1 };
    expect(promises[awaits]?.settledBy).toEqual([
      { type: 'leaf', kind: 'unknown', detail: '', settledBy: [], verdict: 'none' },
    ]);
  } finally {
    await stop();
  }
});

test('what runs on while it is read is left out, and what hangs is found', async () => {
  const { report, wrong } = await tryProgram('busy.mjs', { ...inspected, read: probe });
  expect(wrong.filter((what) => !what.includes('→'))).toEqual([]);
  expect(report.functions.filter(({ name }) => name === 'query').length).toBe(300);
});

test('a heap over the limit is not gone through, unless it is forced', async () => {
  const { pid, stop } = await startHanging('large-heap.mjs', inspected);
  try {
    await expect(readSnapshot(pid)).rejects.toThrow(
      /^the heap of process \d+ has \d+ MB, more than 100 MB: .* read it with --via memory, or all the same with --force$/,
    );
    expect((await readSnapshot(pid, { force: true })).functions.map(({ name }) => name)).toContain('waits');
  } finally {
    await stop();
  }
});
