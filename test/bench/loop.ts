// What watching a loop costs: a process that is idle, and a server under full load.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { format, median, type Result } from './result.ts';
import { compareServers } from './server.ts';

const program = (name: string): string => fileURLToPath(new URL(`${name}.program.ts`, import.meta.url));
const rounds = 5;

export async function benchLoop(): Promise<Result[]> {
  return [benchIdle(), ...(await compareServers([program('hello')], [program('watched')], 0.98, 1.02))];
}

function benchIdle(): Result {
  const shares: { bare: number; watched: number }[] = [];
  for (let round = 0; round < rounds; round++) shares.push({ bare: idle(), watched: idle('watched') });
  return {
    name: 'an idle process, ms of processor time a second',
    bare: format(median(shares.map(({ bare }) => bare)), 'ms'),
    wrapped: format(median(shares.map(({ watched }) => watched)), 'ms'),
    value: median(shares.map(({ bare, watched }) => watched - bare)),
    unit: 'ms',
    budget: 10, // 1 % of a core
    limit: 50,
  };
}

function idle(...args: string[]): number {
  const { stdout, status } = spawnSync(process.execPath, [program('idle'), ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error('the idle program failed');
  return Number(stdout);
}
