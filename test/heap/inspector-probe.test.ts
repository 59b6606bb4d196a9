// What V8's stacks have over an inspector, against what each program says of itself.
import { expect, test } from 'vitest';
import { readProbe } from '../../src/heap/inspector/probe.ts';
import type { AwaitReport } from '../../src/report/awaits.ts';
import { pathOf, tryProgram, type Setting } from './trial.ts';
import { findWrongAwaits, readTruth } from './truth.ts';

const probe = (pid: number): Promise<AwaitReport> => readProbe(pid);

/** Each listens for a debugger on a port of its own. */
const inspected: Setting = { flags: ['--inspect=0'] };

// Node 22 does not tell of which class a static method is.
const names = process.version.startsWith('v22.') ? [] : ['names.mjs'];

test.concurrent.each([...names, 'als.mjs', 'deep.mjs', 'http-server.mjs'])(
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

test('what runs on while it is read is left out, and what hangs is found', async () => {
  const { report, wrong } = await tryProgram('busy.mjs', { ...inspected, read: probe });
  expect(wrong.filter((what) => !what.includes('→'))).toEqual([]);
  expect(report.functions.filter(({ name }) => name === 'query').length).toBe(300);
});
