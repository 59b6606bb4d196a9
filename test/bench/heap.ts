// How long `loopscope ps` takes to read a process with a large heap, what it needs for it, and what the process feels of it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { freemem } from 'node:os';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import type { AwaitReport } from '../../src/report/awaits.ts';
import { hanging, startHeapServer, type HeapServer } from './heap-server.ts';
import { assertDone, format, median, type Result } from './result.ts';

const cli = fileURLToPath(new URL('../../dist/src/cli.js', import.meta.url));
// Told by the tool itself when it ends: the most that was resident, of all its threads.
const tellsMemory = `data:text/javascript,import { writeSync } from 'node:fs';
process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)));`;

interface Size {
  readonly megabytes: number;
  readonly budgetMs: number;
  readonly rounds: number;
  /** Only on `--large`: filling it takes half a minute. */
  readonly large?: boolean;
}

const sizes: readonly Size[] = [
  { megabytes: 50, budgetMs: 600, rounds: 7 },
  { megabytes: 500, budgetMs: 1500, rounds: 5 },
  { megabytes: 2048, budgetMs: 4000, rounds: 3, large: true },
];

export async function benchHeap({ large }: { readonly large: boolean }): Promise<Result[]> {
  const results: Result[] = [];
  for (const size of sizes.filter((one) => large || one.large !== true)) {
    // A heap that is filled needs about twice its size for a while, and a machine that swaps measures its disk.
    if (freemem() > 3 * size.megabytes * 2 ** 20) results.push(...(await measureReading(size)));
    else console.log(`left out: ${size.megabytes} MB, there is not enough memory for it`);
  }
  return [...results, ...(await measureLoad())];
}

async function measureReading({ megabytes, budgetMs, rounds }: Size): Promise<Result[]> {
  const server = await startHeapServer(megabytes);
  try {
    const without: Reading[] = [];
    const withSettlers: Reading[] = [];
    for (let round = 0; round < rounds; round++) {
      without.push(await read(server, ['--no-settlers']));
      withSettlers.push(await read(server, []));
    }
    const { rss } = await server.cost();
    const fastest = (readings: readonly Reading[]): number => Math.min(...readings.map(({ ms }) => ms));
    const row = (name: string, readings: readonly Reading[], budget: number): Result => ({
      name: `${megabytes} MB, ${name}`,
      bare: '',
      wrapped: format(median(readings.map(({ ms }) => ms)), 'ms'),
      value: fastest(readings),
      unit: 'ms',
      budget,
      limit: 4 * budget,
      note: `the fastest of ${rounds}; ${format(rss / 2 ** 20, 'MB')} resident, ${format((readings[0]?.bytes ?? 0) / 2 ** 20, 'MB')} looked through`,
    });
    return [
      row('lines only', without, budgetMs),
      row('with settlers', withSettlers, 2 * budgetMs),
      {
        name: `${megabytes} MB, memory of the tool`,
        bare: format(Math.max(...without.map(({ peak }) => peak)), 'MB'),
        wrapped: format(Math.max(...withSettlers.map(({ peak }) => peak)), 'MB'),
        value: Math.max(...without.map(({ peak }) => peak), ...withSettlers.map(({ peak }) => peak)),
        unit: 'MB',
        budget: 200,
        limit: 600,
      },
    ];
  } finally {
    await server.stop();
  }
}

interface Reading {
  readonly ms: number;
  /** Most megabytes resident in the tool. */
  readonly peak: number;
  /** What it has looked through. */
  readonly bytes: number;
}

/** Runs `loopscope ps PID --json` as a user does, and checks that it has found everything. */
async function read({ pid }: HeapServer, options: readonly string[]): Promise<Reading> {
  const started = performance.now();
  const words = ['--import', tellsMemory, cli, 'ps', String(pid), '--json', '--via', 'memory', ...options];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit', 'pipe'] });
  const [json, peak, [code]] = await Promise.all([
    text(child.stdout as Readable),
    text(child.stdio[3] as Readable),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  const ms = performance.now() - started;
  assertDone('exit code', 0, code);
  const report = JSON.parse(json) as AwaitReport;
  for (const [name, count] of Object.entries(hanging)) {
    assertDone(name, count, report.functions.filter((one) => one.name === name).length);
  }
  return { ms, peak: Number(peak) / 1024, bytes: report.reading.bytes ?? 0 };
}

const loadRounds = 7;
const loadSeconds = 2;

interface Load {
  readonly rate: number;
  readonly cpu: number;
}

type Side = 'alone' | 'neighbour' | 'read';

/**
 * A loaded server that is read all the time. The tool takes processors, which on a small machine the server lacks then: so it
 * is compared with the same server while the tool reads a neighbour. What is left is what being read costs.
 */
async function measureLoad(): Promise<Result[]> {
  const server = await startHeapServer(50);
  const neighbour = await startHeapServer(50);
  try {
    const targets: Readonly<Record<Side, HeapServer | null>> = { alone: null, neighbour, read: server };
    await autocannon({ url: server.url, connections: 20, duration: 1 });
    const loads: Record<Side, Load>[] = [];
    for (let round = 0; round < loadRounds; round++) {
      const measured: Partial<Record<Side, Load>> = {};
      const sides: readonly Side[] = ['alone', 'neighbour', 'read'];
      for (let index = 0; index < sides.length; index++) {
        const side = sides[(index + round) % sides.length] as Side;
        measured[side] = await load(server, targets[side]);
      }
      loads.push(measured as Required<typeof measured>);
    }
    const row = (key: keyof Load, unit: string, against: Side): Omit<Result, 'name' | 'budget'> => {
      const ratios = loads.map((one) => one.read[key] / one[against][key]);
      return {
        bare: format(median(loads.map((one) => one[against][key])), unit),
        wrapped: format(median(loads.map((one) => one.read[key])), unit),
        value: median(ratios),
        unit: '×',
        note: `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`,
      };
    };
    return [
      {
        name: 'requests, read all the time / a neighbour is',
        ...row('rate', '/s', 'neighbour'),
        budget: 0.95,
        atLeast: true,
        limit: 0.7,
      },
      { name: 'processor time of a request, the same', ...row('cpu', 'µs', 'neighbour'), budget: 1.05, limit: 1.5 },
      { name: 'requests, read all the time / nobody reads', ...row('rate', '/s', 'alone'), budget: null },
    ];
  } finally {
    await server.stop();
    await neighbour.stop();
  }
}

/** The rate of the server while the target is read over and over. */
async function load(server: HeapServer, target: HeapServer | null): Promise<Load> {
  const running = { on: true };
  const reading = (async () => {
    if (target === null) return;
    while (running.on) await read(target, []);
  })();
  const before = await server.cost();
  const { requests, errors, non2xx } = await autocannon({
    url: server.url,
    connections: 20,
    duration: loadSeconds,
    sampleInt: 250,
  });
  const after = await server.cost();
  running.on = false;
  await reading;
  if (requests.total === 0 || errors + non2xx > 0) throw new Error(`the server failed: ${errors + non2xx} errors`);
  return { rate: requests.total / loadSeconds, cpu: (after.cpu - before.cpu) / requests.total };
}
