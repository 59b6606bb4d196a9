// What `--import loopscope/register` adds to the start and end of a process.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { assertDone, format, median, type Result } from './result.ts';

const program = fileURLToPath(new URL('empty.program.ts', import.meta.url));
const register = new URL('../../dist/src/register.js', import.meta.url).href;
const rounds = 21;

export function benchStartUp(): Result[] {
  const times: { bare: number; again: number; wrapped: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const pair = { bare: 0, again: 0, wrapped: 0 };
    const sides = [
      ['bare', [program]],
      ['wrapped', ['--import', register, program]],
      ['again', [program]],
    ] as const;
    for (let index = 0; index < 3; index++) {
      const [side, args] = sides[(index + round) % 3] as (typeof sides)[number];
      pair[side] = time(args);
    }
    if (round > 0) times.push(pair); // the first fills the caches of the disk
  }
  const noise = median(times.map(({ bare, again }) => Math.abs(again - bare)));
  return [
    {
      name: 'start-up',
      bare: format(median(times.map(({ bare }) => bare)), 'ms'),
      wrapped: format(median(times.map(({ wrapped }) => wrapped)), 'ms'),
      value: median(times.map(({ bare, again, wrapped }) => wrapped - (bare + again) / 2)),
      unit: 'ms',
      budget: 40,
      limit: 200,
      note: `against itself ± ${format(noise, 'ms')}`,
    },
  ];
}

function time(args: readonly string[]): number {
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const took = performance.now() - started;
  assertDone('exit code', 0, status);
  assertDone('output', '', stderr);
  return took;
}
