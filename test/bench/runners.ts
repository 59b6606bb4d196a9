// What a healthy suite of 500 tests costs with loopscope, against the same without, for each runner.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import manifest from '../../package.json' with { type: 'json' };
import type { Runner } from '../support/runner-suites.ts';
import { jest, mocha, nodeTest, vitest } from '../support/runners.ts';
import { assertDone, format, median, type Result } from './result.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const rounds = 9;
const tests = 500;
/** Some waiting and a millisecond of work: of 2 ms a test is shorter than most are. */
const lengths = [
  ['2 ms', 1],
  ['10 ms', 9],
] as const;

const bodyOf = (waitMs: number): string => `async () => {
  await new Promise((resolve) => setTimeout(resolve, ${waitMs}));
  const rows = Array.from({ length: 2000 }, (_, index) => ({ id: index, name: \`row \${index}\` }));
  if (JSON.parse(JSON.stringify(rows)).length !== 2000) throw new Error('rows are missing');
}`;

const runners: readonly (readonly [string, Runner, Partial<Runner>])[] = [
  ['vitest', vitest, { files: {} }],
  ['jest', jest, { files: { 'jest.config.json': '{ "transform": {} }' } }],
  [
    'mocha',
    mocha,
    { command: (file) => mocha.command(file).filter((word) => !/^--require|loopscope|dist/.test(word)) },
  ],
  ['node:test', nodeTest, { command: (file) => ['--test', file] }],
];

interface Cost {
  readonly wall: number;
  /** Of all processes together. */
  readonly processor: number;
}

export function benchRunners(): Result[] {
  return runners.flatMap((each) => lengths.flatMap(([length, waitMs]) => bench(each, length, bodyOf(waitMs))));
}

function bench([name, runner, without]: (typeof runners)[number], length: string, body: string): Result[] {
  const bare = write({ ...runner, ...without }, body);
  const wrapped = write(runner, body);
  try {
    const costs: { bare: Cost; wrapped: Cost }[] = [];
    for (let round = 0; round <= rounds; round++) {
      const first = round % 2 === 0;
      const before = first ? bare.run() : null;
      const observed = wrapped.run();
      // The first fills the caches of the disk.
      if (round > 0) costs.push({ bare: before ?? bare.run(), wrapped: observed });
    }
    const row = (what: string, key: keyof Cost, budget: number | null): Result => ({
      name: `${name}: ${what}`,
      bare: format(median(costs.map((cost) => cost.bare[key])), 'ms'),
      wrapped: format(median(costs.map((cost) => cost.wrapped[key])), 'ms'),
      value: median(costs.map((cost) => cost.wrapped[key] / cost.bare[key])),
      unit: '×',
      budget,
      limit: 2,
    });
    return [row(`500 tests of ${length}`, 'wall', 1.03), row('their processor time', 'processor', null)];
  } finally {
    bare.remove();
    wrapped.remove();
  }
}

/** A project with a file of tests. */
function write(runner: Runner, body: string): { readonly run: () => Cost; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'loopscope-bench-'));
  const file = `healthy${runner.ending}`;
  const suite = Array.from({ length: tests }, (_, index) => runner.test(`test ${index}`, body, 5000));
  install(folder);
  writeFileSync(join(folder, 'package.json'), runner.isModule ? '{"type":"module"}' : '{}');
  writeFileSync(join(folder, file), [runner.imports, ...suite].join('\n'));
  for (const [path, text] of Object.entries(runner.files ?? {})) writeFileSync(join(folder, path), text);
  return {
    run: () => time(folder, runner.command(file)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** As npm does: vitest would transform the files of a package that is only linked. */
function install(folder: string): void {
  const own = join(folder, 'node_modules/loopscope');
  for (const part of ['package.json', 'dist']) cpSync(join(root, part), join(own, part), { recursive: true });
  for (const name of ['vitest', '@opentelemetry', ...Object.keys(manifest.dependencies)]) {
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name), 'dir');
  }
}

/** Only a shell tells what the processes of a command have worked together. */
function time(folder: string, words: readonly string[]): Cost {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(
    '/bin/sh',
    ['-c', '"$@" >&2; code=$?; times; exit $code', 'sh', process.execPath, ...words],
    { cwd: folder, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } },
  );
  const wall = performance.now() - started;
  assertDone('exit code', 0, status);
  if (/loopscope: /.test(stderr)) throw new Error(`a healthy suite was reported:\n${stderr}`);
  const [user = 0, system = 0] = Array.from(stdout.split('\n')[1]?.matchAll(/(\d+)m([\d.]+)s/g) ?? [], (each) => {
    return Number(each[1]) * 60_000 + Number(each[2]) * 1000;
  });
  return { wall, processor: user + system };
}
