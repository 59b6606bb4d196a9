// What a heap snapshot over an inspector has, against what each program says of itself.
import { expect, test } from 'vitest';
import { readSnapshot } from '../../src/heap/inspector/snapshot.ts';
import type { AwaitReport } from '../../src/report/awaits.ts';
import { SiteMapper } from '../../src/runtime/source-map.ts';
import { startHanging, tryProgram, type Setting } from './trial.ts';

const mapper = new SiteMapper();
const options = { mapSite: mapper.map.bind(mapper) };
const snapshot = (pid: number): Promise<AwaitReport> => readSnapshot(pid, options);

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
