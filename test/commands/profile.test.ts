// `loopscope run --profile`: CPU profiles of programs, however they end.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Report } from '../../src/report/format.ts';
import { loopscope, program, startLoopscope } from '../support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'loopscope-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Profile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: { readonly functionName: string } }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
  readonly startTime: number;
  readonly endTime: number;
}

/** The names of the functions in a profile that Chrome DevTools would open. */
function functionsIn(file: string): string[] {
  const { nodes, samples, timeDeltas, startTime, endTime } = JSON.parse(readFileSync(file, 'utf8')) as Profile;
  expect(endTime).toBeGreaterThan(startTime);
  expect(samples.length).toBeGreaterThan(10);
  expect(timeDeltas).toHaveLength(samples.length);
  const ids = new Set(nodes.map(({ id }) => id));
  expect(samples.filter((id) => !ids.has(id))).toEqual([]);
  return nodes.map(({ callFrame }) => callFrame.functionName);
}

/** A program that spins until its function was seen often enough, prints `ready`, and goes on as the code says. */
function script(name: string, code: string): string {
  const file = join(folder, name);
  writeFileSync(
    file,
    `function spinning() { const end = performance.now() + 300; while (performance.now() < end); }
     spinning();
     ${code}`,
  );
  return file;
}

test.each([
  ['at its end', '', 0],
  ['by process.exit', 'setInterval(() => {}, 1000); process.exit(3);', 3],
  ['by an error', 'process.on("uncaughtException", () => process.exit(7)); throw new Error("thrown");', 7],
])('a program that ends %s leaves its profile', async (name, code, expected) => {
  const file = join(folder, `${name}.cpuprofile`);
  const outcome = await loopscope(['run', '--profile', file, script(`${name}.cjs`, code)]);
  expect(outcome.code).toBe(expected);
  expect(functionsIn(file)).toContain('spinning');
  expect(outcome.stderr).toContain('PROFILE');
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('a program that ends by %s leaves its profile', async (signal) => {
  const file = join(folder, `${signal}.cpuprofile`);
  const waits = script(`${signal}.cjs`, `setInterval(() => {}, 1000); console.log('ready');`);
  const run = startLoopscope(['run', '--profile', file, waits]);
  await run.printed('ready');
  run.child.kill(signal);
  expect(await run.outcome).toMatchObject({ code: null, signal });
  expect(functionsIn(file)).toContain('spinning');
});

test('a program that listens for SIGTERM itself ends as it wants, and leaves its profile then', async () => {
  const file = join(folder, 'own.cpuprofile');
  const own = script(
    'own.cjs',
    `process.on('SIGTERM', () => process.exit(5)); setInterval(() => {}, 1000); console.log('ready');`,
  );
  const run = startLoopscope(['run', '--profile', file, own]);
  await run.printed('ready');
  run.child.kill('SIGTERM');
  expect(await run.outcome).toMatchObject({ code: 5 });
  expect(functionsIn(file)).toContain('spinning');
});

test('a program that cleans up on SIGTERM and then sends it to itself ends by it, and leaves its profile', async () => {
  const file = join(folder, 'again.cjs.cpuprofile');
  const again = script(
    'again.cjs',
    `const server = require('node:net').createServer().listen(0, () => console.log('ready'));
     process.once('SIGTERM', () => server.close(() => process.kill(process.pid, 'SIGTERM')));`,
  );
  const run = startLoopscope(['run', '--profile', file, again]);
  await run.printed('ready');
  run.child.kill('SIGTERM');
  expect(await run.outcome).toMatchObject({ code: null, signal: 'SIGTERM' });
  expect(functionsIn(file)).toContain('spinning');
});

test.each([
  ['waits', 'setInterval(() => {}, 1000);'],
  ['blocks its loop', 'setImmediate(() => { for (;;); });'],
])('a program that %s and is ended by --timeout leaves its profile', async (name, code) => {
  const file = join(folder, `${name}.cpuprofile`);
  const waits = script(`${name}.cjs`, code);
  expect((await loopscope(['run', '--timeout', '2s', '--profile', file, waits])).code).toBe(124);
  expect(functionsIn(file)).toContain('spinning');
});

test('each process has a profile of its own: in a folder, or beside that of the first', async () => {
  const parent = script(
    'parent.cjs',
    `require('node:child_process').execFileSync(process.execPath, [process.argv[2]]);`,
  );
  const child = script('child.cjs', '');
  const profiles = join(folder, 'new', 'profiles');
  await loopscope(['run', '--profile', profiles, parent, child]);
  expect(readdirSync(profiles).filter((name) => /^\d+\.cpuprofile$/.test(name))).toHaveLength(2);
  await loopscope(['run', '--profile', join(folder, 'family.cpuprofile'), parent, child]);
  expect(existsSync(join(folder, 'family.cpuprofile'))).toBe(true);
  expect(readdirSync(folder).filter((name) => /^family\.\d+\.cpuprofile$/.test(name))).toHaveLength(1);
});

test('the report says what ran during a block, and what tasks used of the processor', async () => {
  const file = join(folder, 'tasks.cpuprofile');
  const { stderr } = await loopscope(['run', '--format', 'json', '--profile', file, program('busy-tasks.ts')]);
  const { loop, profile } = JSON.parse(stderr.split('\n').find((line) => line.startsWith('{')) ?? '') as Report;
  expect(loop?.blocks[0]?.slice?.map((each) => each.function)).toContain('spin');
  expect(profile).toMatchObject({ file });
  expect(profile?.durationMs).toBeGreaterThan(1000);
  const used = new Map(profile?.tasks?.map((task) => [task.name, task]));
  const [long, short] = [used.get('long'), used.get('short')];
  expect(long?.cpuMs).toBeGreaterThan(short?.cpuMs ?? Infinity);
  expect(long?.errorMs).toBeGreaterThan(0);
});

test('a program that profiles itself gets its own profile', async () => {
  const own = script(
    'self.cjs',
    `function measured() {
       const end = performance.now() + 300;
       let sum = 0;
       while (performance.now() < end) for (let index = 0; index < 20000; index++) sum = (sum * 31 + index) % 1000003;
       return sum;
     }
     const { Session } = require('node:inspector');
     const session = new Session();
     session.connect();
     session.post('Profiler.enable');
     session.post('Profiler.start', () => {
       measured();
       session.post('Profiler.stop', (error, { profile }) => {
         console.log(profile.nodes.some(({ callFrame }) => callFrame.functionName === 'measured'));
       });
     });`,
  );
  const { stdout, code } = await loopscope(['run', '--profile', join(folder, 'self.cpuprofile'), own]);
  expect({ stdout, code }).toEqual({ stdout: 'true\n', code: 0 });
  expect(functionsIn(join(folder, 'self.cpuprofile'))).toContain('spinning');
});

test('a file that cannot be written is a mistake of the caller', async () => {
  const file = join(folder, 'missing', 'x.cpuprofile');
  expect(await loopscope(['run', '--profile', file, program('quiet.cjs')])).toMatchObject({
    stderr: `loopscope: --profile: cannot write to ${file}: its folder does not exist or is read-only\n`,
    code: 2,
  });
});
