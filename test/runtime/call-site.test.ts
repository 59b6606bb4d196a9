import { afterEach, expect, test } from 'vitest';
import { CallSites, limitCallSites, longestNameKept } from '../../src/runtime/call-site.ts';
import { originOf } from '../../src/runtime/origin.ts';
import { runProgram } from '../support/run-program.ts';

const { prepareStackTrace, stackTraceLimit } = Error;

afterEach(() => {
  Error.prepareStackTrace = prepareStackTrace;
  Error.stackTraceLimit = stackTraceLimit;
  limitCallSites(200);
});

function here(sites: CallSites, name = 'name', at = 0): ReturnType<CallSites['capture']> {
  return sites.capture(name, at);
}

test('a site is file, line, column and function of the first frame outside of loopscope', () => {
  expect(here(new CallSites())).toEqual({
    file: import.meta.url,
    line: 15,
    column: 16,
    function: 'here',
    exact: true,
  });
});

test('the ration: so many a window are exact, as many again for new names, then the last of the name stands in', () => {
  limitCallSites(8); // two in a window of 250 ms
  const sites = new CallSites();
  const exact = (name: string, at: number): unknown => here(sites, name, at)?.exact ?? null;
  expect([
    [exact('a', 0), exact('b', 1), exact('a', 2)],
    [exact('c', 3), exact('c', 4), exact('d', 5)],
    [exact('e', 6), exact('a', 249)],
    [exact('a', 250), exact('e', 251), exact('b', 252)],
  ]).toEqual([
    [true, true, false],
    [true, false, true],
    [null, false],
    [true, true, false],
  ]);
});

test('0 captures none, Infinity all', () => {
  limitCallSites(0);
  expect(here(new CallSites())).toBe(null);
  limitCallSites(Infinity);
  const sites = new CallSites();
  expect(Array.from({ length: 1000 }, () => here(sites)?.exact).every(Boolean)).toBe(true);
});

test('names up to a length are kept to stand in for later ones, longer ones are not', () => {
  limitCallSites(8);
  const sites = new CallSites();
  const kept = 'k'.repeat(longestNameKept);
  const tooLong = `${kept}k`;
  for (const name of [kept, tooLong, 'third', 'fourth']) here(sites, name);
  expect([here(sites, kept)?.exact, here(sites, tooLong)]).toEqual([false, null]);
});

test('tasks of a name and kind share one origin while their sites are not captured', () => {
  limitCallSites(0);
  const origin = originOf('task', 'shared', 0);
  const attempt = originOf('attempt', 'shared', 0);
  expect([originOf('task', 'shared', 0) === origin, originOf('attempt', 'shared', 0) === attempt, attempt]).toEqual([
    true,
    true,
    { kind: 'attempt', name: 'shared', site: null, counts: { pending: 0, nextLook: 512 } },
  ]);
});

test('the program’s own Error.prepareStackTrace and stackTraceLimit are as they were', () => {
  const own = (): string => 'mine';
  Error.prepareStackTrace = own;
  Error.stackTraceLimit = 3;
  expect(here(new CallSites())).toMatchObject({ line: 15, exact: true });
  expect([Error.prepareStackTrace, Error.stackTraceLimit, new Error('x').stack]).toEqual([own, 3, 'mine']);
});

test('a program that has switched stacks off gets sites all the same', () => {
  Error.stackTraceLimit = 0;
  expect([here(new CallSites())?.line, Error.stackTraceLimit, new Error('x').stack]).toEqual([15, 0, 'Error: x']);
});

test('an Error that is frozen, whole or in part, costs the sites and nothing else', async () => {
  const { code, stdout, stderr } = await runProgram('frozen-error.ts');
  expect({ code, stdout, stderr }).toEqual({
    code: 0,
    stdout:
      'prepareStackTrace: fulfilled, limit 10\nstackTraceLimit: fulfilled, limit 10\nError: fulfilled, limit 10\n',
    stderr: '',
  });
});
