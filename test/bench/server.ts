// Throughput of an HTTP server under `loopscope run` against the same without, and against itself: the noise of this
// machine is as much a result as the ratio.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { format, median, type Result } from './result.ts';

const program = fileURLToPath(new URL('hello.program.ts', import.meta.url));
const cli = fileURLToPath(new URL('../../dist/src/cli.js', import.meta.url));
const rounds = 7;
const seconds = 1.5;

const plain = [program];
const underLoopscope = [cli, 'run', '--', process.execPath, program];

interface Load {
  /** Requests a second. */
  readonly rate: number;
  /** Microseconds of processor time a request: what neighbours on this machine disturb least. */
  readonly cpu: number;
}

export function benchServer(): Promise<Result[]> {
  return compareServers(plain, underLoopscope, 0.97, 1.03);
}

/** The same under `loopscope doctor`, which looks at everything at once. */
export function benchDoctor(): Promise<Result[]> {
  return compareServers(plain, [cli, 'doctor', '--', program], 0.85, 1.15);
}

/**
 * Compares two commands that start a server: the second against the first, and the first against itself.
 * @param rate the least share of the throughput that is fine
 * @param cpu the most processor time of a request that is fine, as a ratio
 * @param warmUpSeconds for how long each server has load before it is measured
 */
export async function compareServers(
  bare: readonly string[],
  wrapped: readonly string[],
  rate: number,
  cpu: number,
  warmUpSeconds = 0.5,
): Promise<Result[]> {
  const loads: { plain: Load; wrapped: Load; again: Load }[] = [];
  for (let round = 0; round < rounds; round++) {
    // Three in a ring, so that none always comes first.
    const measured: Partial<Record<'plain' | 'wrapped' | 'again', Load>> = {};
    const sides = [
      ['plain', bare],
      ['wrapped', wrapped],
      ['again', bare],
    ] as const;
    for (let index = 0; index < 3; index++) {
      const [side, command] = sides[(index + round) % 3] as (typeof sides)[number];
      measured[side] = await measureLoad(command, warmUpSeconds);
    }
    loads.push(measured as Required<typeof measured>);
  }
  const row = (name: string, unit: string, key: keyof Load): Omit<Result, 'budget'> => {
    const ratios = loads.map((load) => (2 * load.wrapped[key]) / (load.plain[key] + load.again[key]));
    const floor = loads.map((load) => load.again[key] / load.plain[key]);
    return {
      name,
      bare: format(median(loads.flatMap((load) => [load.plain[key], load.again[key]])), unit),
      wrapped: format(median(loads.map((load) => load.wrapped[key])), unit),
      value: median(ratios),
      unit: '×',
      note: `${spread(ratios)}; against itself ${format(median(floor), '×')} (${spread(floor)})`,
    };
  };
  return [
    { ...row('HTTP requests a second', '/s', 'rate'), budget: rate, atLeast: true, limit: 0.7 },
    { ...row('processor time of a request', 'µs', 'cpu'), budget: cpu, limit: 1.5 },
  ];
}

function spread(values: readonly number[]): string {
  return `${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)}`;
}

async function measureLoad(command: readonly string[], warmUpSeconds: number): Promise<Load> {
  const server = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    // doctor's own stdout is for the diagnosis
    const signal = AbortSignal.timeout(10_000);
    const printed = [server.stdout, server.stderr].map((stream) => once(stream, 'data', { signal }));
    const [port] = (await Promise.any(printed)) as [Buffer];
    const url = `http://127.0.0.1:${port.toString().trim()}`;
    await autocannon({ url, connections: 20, duration: warmUpSeconds });
    const before = await cpuOf(url);
    const { requests, errors, non2xx } = await autocannon({ url, connections: 20, duration: seconds, sampleInt: 250 });
    const cpu = (await cpuOf(url)) - before;
    if (requests.total === 0 || errors + non2xx > 0) throw new Error(`the server failed: ${errors + non2xx} errors`);
    return { rate: requests.total / seconds, cpu: cpu / requests.total };
  } finally {
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    await ended;
  }
}

/** Microseconds of processor time that the server has used. */
async function cpuOf(url: string): Promise<number> {
  return Number(await (await fetch(`${url}/cpu`)).text());
}
