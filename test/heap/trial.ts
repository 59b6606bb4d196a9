// Starts a program of test/programs/awaits, reads it twice while it hangs, and says what is wrong with what was read.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readMemory } from '../../src/heap/memory/read.ts';
import type { AwaitReport } from '../../src/report/awaits.ts';
import { SiteMapper } from '../../src/runtime/source-map.ts';
import { loopscope } from '../support/cli.ts';
import { findBrokenChains } from './chain.ts';
import { findContradictions } from './contradictions.ts';
import { findWrongAwaits, readTruth, type Truth } from './truth.ts';

const folder = fileURLToPath(new URL('../programs/awaits/', import.meta.url));

export interface Setting {
  readonly flags?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The files that say what is true, where it is not the program alone. */
  readonly sources?: readonly string[];
  /** False where a minifier has renamed the functions: then only the places are compared. */
  readonly named?: boolean;
  /** What to read it with. Default: its memory, as it runs. */
  readonly read?: (pid: number) => Promise<AwaitReport>;
}

export interface Trial {
  /** The second look. */
  readonly report: AwaitReport;
  /** One sentence for everything that is not as the program says. */
  readonly wrong: readonly string[];
}

/** A program that hangs; its folder is gone when it is. */
export interface Hanging {
  readonly pid: number;
  stop(): Promise<void>;
}

/** The path of a program, by its name or as it is. */
export function pathOf(program: string): string {
  return join(program.startsWith('/') ? '' : folder, program);
}

/** Reads the memory with settlers and source maps. */
async function readHanging(pid: number): Promise<AwaitReport> {
  const mapper = new SiteMapper();
  return readMemory(pid, { mapSite: (site) => mapper.map(site) });
}

/** Reads it as a user does: with `loopscope ps PID --json`. */
export async function readByCommand(pid: number): Promise<AwaitReport> {
  const { stdout, stderr, code } = await loopscope(['ps', String(pid), '--json', '--via', 'memory']);
  if (code !== 0) throw new Error(`loopscope ps ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as AwaitReport;
}

/** Runs the program, waits until it is ready, looks twice and compares both with the truth. */
export async function tryProgram(program: string, setting: Setting = {}): Promise<Trial> {
  const truth = readTruth((setting.sources ?? [program]).map(pathOf), setting);
  const hanging = await startHanging(program, setting);
  try {
    const read = setting.read ?? readHanging;
    const first = await read(hanging.pid);
    const report = await read(hanging.pid);
    const wrong = [first, report].flatMap((look, index) =>
      findWrong(look, truth).map((what) => `look ${index + 1}: ${what}`),
    );
    return { report, wrong };
  } finally {
    await hanging.stop();
  }
}

function findWrong(report: AwaitReport, truth: Truth): string[] {
  return [
    ...findContradictions(report),
    ...findWrongAwaits(truth, report.functions),
    ...findBrokenChains(report, truth.chains),
  ];
}

/** Starts it with a folder of its own as the first argument, and resolves when it has printed READY. */
export async function startHanging(
  program: string,
  { flags = [], args = [], env = {} }: Setting = {},
): Promise<Hanging> {
  const { NODE_OPTIONS: _options, ...inherited } = process.env;
  const own = mkdtempSync(join(tmpdir(), 'loopscope-await-'));
  const child = spawn(process.execPath, [...flags, pathOf(program), own, ...args], {
    env: { ...inherited, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    }
    rmSync(own, { recursive: true, force: true });
  };
  const printed = await new Promise<string>((resolve) => {
    let text = '';
    const take = (chunk: string): void => {
      text += chunk;
      if (text.includes('READY')) resolve('READY');
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.once('close', () => resolve(text));
  });
  if (printed === 'READY' && child.pid !== undefined) return { pid: child.pid, stop };
  await stop();
  throw new Error(`${program} ended before it was ready: ${printed}`);
}
