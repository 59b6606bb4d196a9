// Reads what a process awaits, by the way that was asked for, or else by the one that cannot disturb it. The inspector's
// ways are loaded when they are taken: they bring a client for HTTP along.
import { isOwn } from '../heap/memory/own.ts';
import { readCore, readMemory } from '../heap/memory/read.ts';
import { ReadError } from '../heap/read-error.ts';
import type { ReadOptions } from '../heap/options.ts';
import { refusalOf } from '../heap/process/permission.ts';
import { rootOf } from '../heap/process/root.ts';
import { findTarget } from '../heap/process/target.ts';
import { foldAwaits } from '../report/await-fold.ts';
import type { AwaitReport } from '../report/awaits.ts';
import { SiteMapper } from '../runtime/source-map.ts';
import { commandLine } from './again.ts';
import type { AwaitOptions } from './await-options.ts';

/** @throws ReadError */
export async function readAwaits(pid: number, command: 'ps' | 'tree', options: AwaitOptions): Promise<AwaitReport> {
  const commandFor = (other: number): string => commandLine(command, other);
  const hasProc = process.platform === 'linux';
  if (hasProc) findTarget(pid, commandFor);
  try {
    return foldAwaits(await readBy(pid, commandFor(pid), options), isOwn);
  } catch (error) {
    if (hasProc) findTarget(pid, commandFor); // it has ended meanwhile, and whatever failed failed for that
    throw error;
  }
}

/** @throws ReadError */
export async function readDump(core: string, exe: string, { settlers }: AwaitOptions): Promise<AwaitReport> {
  return foldAwaits(await readCore({ core, executable: exe }, { settlers, mapSite: mapSites('') }), isOwn);
}

async function readBy(
  pid: number,
  command: string,
  { via, stop, settlers, force }: AwaitOptions,
): Promise<AwaitReport> {
  const readOptions: ReadOptions = { settlers, mapSite: mapSites(rootOf(pid)) };
  if (via === 'inspector') {
    const { readProbe } = await import('../heap/inspector/probe.ts');
    return readProbe(pid, { ...readOptions, force });
  }
  if (via === 'snapshot') {
    const { readSnapshot } = await import('../heap/inspector/snapshot.ts');
    return readSnapshot(pid, { ...readOptions, force });
  }
  const problem = memoryProblem(pid, command);
  if (problem === null) {
    try {
      return await readMemory(pid, { ...readOptions, stop });
    } catch (error) {
      if (via === 'memory' || !(error instanceof ReadError) || error.problem !== 'unsupported') throw error;
      return readByOpenInspector(pid, error, readOptions);
    }
  }
  if (via === 'memory' || stop) throw problem;
  return readByOpenInspector(pid, problem, readOptions);
}

/** Null if memory can be read here. */
function memoryProblem(pid: number, command: string): ReadError | null {
  if (process.platform !== 'linux') {
    return new ReadError(
      'unsupported',
      `the memory of a process can be read on Linux only: \`${command} --via inspector\` opens its inspector for a moment`,
    );
  }
  const refusal = refusalOf(pid, { command });
  return refusal === null ? null : new ReadError('permission', refusal.sentence);
}

/** Never opens one: that takes a signal and a port, which is for the user to decide. */
async function readByOpenInspector(pid: number, problem: ReadError, options: ReadOptions): Promise<AwaitReport> {
  const { findInspector } = await import('../heap/inspector/address.ts');
  if ((await findInspector(pid)) === null) throw problem;
  const { readProbe } = await import('../heap/inspector/probe.ts');
  return readProbe(pid, options);
}

function mapSites(root: string): NonNullable<ReadOptions['mapSite']> {
  const mapper = new SiteMapper({ root });
  return (site) => mapper.map(site);
}
