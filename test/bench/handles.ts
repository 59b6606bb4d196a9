// What noting where handles are made costs: an HTTP server, and 100,000 timers, under `loopscope run` with and without --handles.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { assertDone, format, median, type Result } from './result.ts';
import { compareServers } from './server.ts';

const cli = fileURLToPath(new URL('../../dist/src/cli.js', import.meta.url));
const server = fileURLToPath(new URL('hello.program.ts', import.meta.url));
const program = fileURLToPath(new URL('open.program.ts', import.meta.url));
const rounds = 5;
const timers = 100_000;
const run = [cli, 'run', '--no-loop', '--'];
const exact = [cli, 'run', '--no-loop', '--handles', '--'];

export async function benchHandles(): Promise<Result[]> {
  const servers = await compareServers(
    [...run, process.execPath, server],
    [...exact, process.execPath, server],
    0.6,
    1.6,
  );
  const times = { bare: [] as number[], run: [] as number[], exact: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    times.bare.push(time([program]));
    times.run.push(time([...run, program]));
    times.exact.push(time([...exact, program]));
  }
  const bare = median(times.bare);
  const result = (name: string, wrapped: number, budget: number): Result => ({
    name,
    bare: format(bare, 'ms'),
    wrapped: format(wrapped, 'ms'),
    value: ((wrapped - bare) * 1000) / timers,
    unit: 'µs',
    budget,
    note: 'added for each timer',
  });
  return [
    ...servers,
    result('100,000 setTimeout', median(times.run), 0.2),
    result('100,000 setTimeout, --handles', median(times.exact), 20),
  ];
}

function time(words: readonly string[]): number {
  const { status, stdout } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  assertDone('exit code', 0, status);
  return Number(stdout);
}
