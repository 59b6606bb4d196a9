// Reads what a process awaits out of its memory: no code runs in it, no signal is sent, and it is not stopped unless asked.
import { readlinkSync } from 'node:fs';
import type { AwaitProcess, AwaitReport, Way } from '../../report/awaits.ts';
import type { SiteEntry } from '../../report/format.ts';
import { mapStep, shortenSteps } from '../settler-steps.ts';
import type { MemoryOptions, ReadOptions } from '../options.ts';
import { isAlive } from '../inspector/process-status.ts';
import { readNodeExecutable } from '../process/executable.ts';
import { uptimeMs } from '../process/list.ts';
import { watchMainThread } from '../process/main-thread.ts';
import { readWords } from '../process/status.ts';
import { ReadError } from '../read-error.ts';
import type { AddressSpace } from './address-space.ts';
import { Assembly, leavesOf, type Assembled } from './assemble.ts';
import { AwaitSites } from './await-sites.ts';
import { CoreSpace } from './core-space.ts';
import { Holders } from './holders.ts';
import { fixed, readLayout, type Layout } from './layout.ts';
import { leafOf } from './leaf.ts';
import { link } from './link.ts';
import { look, type Sight } from './look.ts';
import { Memory } from './memory.ts';
import { Objects, type Reference } from './objects.ts';
import { isPlumbing } from './own.ts';
import { ProcessSpace } from './process-space.ts';
import { Reactions } from './reactions.ts';
import { Scanner } from './scan.ts';
import { Scripts } from './scripts.ts';
import type { Settler } from './holder-search.ts';
import { breakCircles, findSettlers } from './settlers.ts';
import { stopProcess } from './stop.ts';
import { Tasks } from './tasks.ts';
import { Threads } from './threads.ts';

// Of generators whose bytecode tells their position at least so many must stand exactly at an entry of its table: nearly all do,
// but for `yield*`, and by a wrong idea of the table hardly any.
const leastFit = 0.5;
// A settler may be a callback on a promise, which has a settler in turn.
const mostRounds = 4;
// A collection while it is read moves what is looked for: then all is read anew.
const mostAttempts = 3;
const tolerated = 0.01;

/** Reads a running process. Linux only. Throws ReadError. */
export async function readMemory(pid: number, options: MemoryOptions = {}): Promise<AwaitReport> {
  const space = new ProcessSpace(pid, options.descriptor ?? null);
  try {
    const layout = readLayout([`/proc/${pid}/exe`, ...space.files().filter((file) => file.includes('libnode'))]);
    const way = options.descriptor === undefined ? 'memory' : 'in-process';
    const isToRunOn = options.stop !== true && way === 'memory';
    const whatRan = isToRunOn ? watchMainThread(pid) : null;
    const goOn = options.stop === true ? await stopProcess(pid) : null;
    const about = processOf(pid);
    try {
      const report = await readSpace({ space, layout, about, way, frozen: !isToRunOn }, options);
      const stoppedMs = goOn?.() ?? 0;
      const ran = (await whatRan?.()) ?? null;
      const notes = ran === null ? report.notes : [ran, ...report.notes];
      return { ...report, notes, reading: { ...report.reading, stoppedMs } };
    } finally {
      goOn?.();
    }
  } catch (error) {
    if (!(error instanceof ReadError) && !isAlive(pid))
      throw new ReadError('gone', `process ${pid} ended while it was read`);
    throw error;
  } finally {
    space.close();
  }
}

/** What a core dump is read with: the executable that dumped it. */
export interface CoreFiles {
  readonly core: string;
  readonly executable: string;
}

/** Reads a core dump, of `gcore` or of the kernel. Throws ReadError. */
export async function readCore({ core, executable }: CoreFiles, options: ReadOptions = {}): Promise<AwaitReport> {
  const space = new CoreSpace(core);
  try {
    const layout = layoutOfCore([executable, ...space.files().filter((file) => file.includes('libnode'))]);
    const { pid, command } = space.dumped; // gcore notes no arguments
    const about = { pid, command: command || core, directory: '/', node: versionOf(executable), uptimeMs: null };
    return await readSpace({ space, layout, about, way: 'core', frozen: true }, options);
  } finally {
    space.close();
  }
}

function layoutOfCore(files: readonly string[]): Layout {
  try {
    return readLayout(files);
  } catch (error) {
    if (!(error instanceof ReadError) || error.problem !== 'not-node') throw error;
    const message = `${files[0]} is not Node, or a build of it without V8's debug constants: --exe must be what was dumped`;
    throw new ReadError('file', message, { cause: error });
  }
}

interface Subject {
  readonly space: AddressSpace;
  readonly layout: Layout;
  readonly about: AwaitProcess;
  readonly way: Way;
  /** It does not change while it is read. */
  readonly frozen: boolean;
}

async function readSpace(subject: Subject, options: ReadOptions): Promise<AwaitReport> {
  const started = performance.now();
  const scanner = new Scanner(subject.space, subject.frozen);
  try {
    for (let attempt = 1; ; attempt++) {
      const { moved, sight, changed, ...graph } = await readGraph(subject, scanner, options);
      if (moved && attempt < mostAttempts) continue;
      const whole: AwaitReport = {
        format: 'loopscope-awaits',
        version: 1,
        takenAt: new Date().toISOString(),
        process: subject.about,
        reading: {
          via: subject.way,
          tookMs: Math.round(performance.now() - started),
          stoppedMs: 0,
          bytes: sight.bytes,
          attempts: attempt + sight.extraLooks,
          changed,
          settlers: options.settlers !== false,
        },
        ...graph,
        notes: notesOn(sight, moved),
      };
      return subject.way === 'in-process' ? whole : shortenSteps(whole); // it may know more maps itself
    }
  } finally {
    await scanner.close();
  }
}

/** The graph, and whether a garbage collection moved what was looked for meanwhile. */
interface Graph extends Assembled {
  readonly sight: Sight;
  /** Functions that went on, or were moved, while they were read, and those that await what was collected. */
  readonly changed: number;
  readonly moved: boolean;
}

async function readGraph(
  { space, layout, about, frozen }: Subject,
  scanner: Scanner,
  options: ReadOptions,
): Promise<Graph> {
  const objects = new Objects(new Memory(space), layout);
  const sight = await look(scanner, objects, frozen);
  const scripts = new Scripts(objects);
  const reactions = new Reactions(objects, scripts);
  const holders = new Holders(objects, scripts, reactions);
  const sites = new AwaitSites(objects, scripts);
  const scriptOf = (generator: Reference): string =>
    scripts.ofClosure(objects.field(generator, fixed.generatorFunction)).script?.name ?? '';
  const suspended = new Set([...sight.suspended].filter((generator) => !isPlumbing(scriptOf(generator))));
  const links = link(sight.promises, suspended, objects, reactions);
  // A suspended function awaits: where its promise is not found, that was moved or collected, or it has settled since.
  const unlinked = [...suspended].filter(
    (generator) => !links.awaits.has(generator) && objects.type(generator) === layout.types.asyncFunction,
  ).length;
  sites.calibrate([...links.awaits.keys()]);
  if (sites.fit < leastFit) throw strange(about.node);
  const tasks = new Tasks(objects, about.uptimeMs);
  const mapSite = options.mapSite ?? ((site: SiteEntry) => site);
  const threads = new Threads(objects);
  const assembly = new Assembly(links, { objects, scripts, sites, holders, threads, tasks, mapSite });
  const settlers = new Map<Reference, Settler>();
  let moved = 0;
  for (let round = 0; options.settlers !== false && round < mostRounds; round++) {
    const leaves = leavesOf(links, settlers);
    if (leaves.length === 0) break;
    const tools = { scanner, objects, holders, links, frozen };
    const found = await findSettlers(leaves, tools);
    for (const [promise, settler] of found.settlers) settlers.set(promise, settler);
    moved += found.moved;
  }
  breakCircles(settlers, links);
  const leafParts = { objects, holders, tasks, loopTime: about.uptimeMs };
  const assembled = assembly.finish(settlers, (settler) => {
    const leaf = leafOf(settler, leafParts);
    return { ...leaf, settledBy: leaf.settledBy.map((step) => mapStep(step, mapSite)) };
  });
  return {
    ...assembled,
    sight,
    changed: sight.changed + unlinked,
    moved: !frozen && (moved > settlers.size * tolerated || unlinked > suspended.size * tolerated),
  };
}

function notesOn({ cut, suspended, changed }: Sight, moved: boolean): string[] {
  const notes: string[] = [];
  if (moved)
    notes.push(
      'Functions and settlers may be missing, as the heap was collected while it was read: try again, or with --stop.',
    );
  if (cut) notes.push('There are more promises than could be kept: some functions are missing.');
  if (suspended.size === 0 && changed > 0) {
    notes.push('Everything that was seen went on while it was read: try again, or with --stop.');
  }
  return notes;
}

function strange(version: string): ReadError {
  return new ReadError(
    'unsupported',
    `this build of Node${version === '' ? '' : ` (${version})`} keeps await positions in a way that is not known; use --via inspector`,
  );
}

function processOf(pid: number): AwaitProcess {
  const [, ...words] = readWords(pid).filter((word) => word !== '');
  return {
    pid,
    command: words.join(' '),
    directory: workingDirectory(pid),
    node: versionOf(`/proc/${pid}/exe`),
    uptimeMs: uptimeMs(pid),
  };
}

function workingDirectory(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '/';
  }
}

function versionOf(executable: string): string {
  return readNodeExecutable(executable, 'node')?.version ?? '';
}
