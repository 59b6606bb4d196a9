// What a CPU profile says of a stretch of time: where in the program it went. Pure but for the texts of sources.
import type { Site } from '../channels/site.ts';
import type { CpuProfile } from '../loop/cpu-profile.ts';
import type { SiteEntry } from '../report/format.ts';
import type { HotPath, ProfiledEntry, Work } from '../report/recording.ts';
import type { SourceTexts } from './call-line.ts';
import { calleeOf, classify, whoseIs, type ProfileFrame } from './classify.ts';

const mostPaths = 50;
const mostCallers = 4;
// Where a map has no mapping for the first column of a line: its last one.
const endOfLine = 10_000;

type Node = CpuProfile['nodes'][number];

/** What the paths of a profile are made with. */
export interface FoldOptions {
  /** Milliseconds on the clock of the profile: what was before does not count. */
  readonly sinceMs: number;
  readonly everyMs: number;
  readonly mapSite: (site: Site) => SiteEntry;
  readonly texts: SourceTexts;
}

interface Path {
  readonly work: Work;
  readonly frame: ProfileFrame | null;
  readonly calls: string;
  readonly callers: readonly ProfileFrame[];
  ms: number;
  timersMs: number;
  /** Of the frame's own code: samples by line of the compiled code. */
  readonly lines: Map<number, number>;
}

/** Folds the samples of a profile into paths. */
export function foldProfile(profile: CpuProfile, options: FoldOptions): ProfiledEntry {
  const times = timesOf(profile, options.sinceMs);
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const total = { idleMs: 0, gcMs: 0, ownMs: 0, busyMs: 0, timersMs: 0 };
  const paths = new Map<string, Path>();
  for (const [id, ms] of times.byNode) {
    const node = nodes.get(id);
    const name = node?.callFrame.functionName;
    if (node === undefined || name === '(idle)') {
      total.idleMs += ms;
      continue;
    }
    if (name === '(garbage collector)') {
      total.gcMs += ms;
      total.busyMs += ms;
      continue;
    }
    const stack = stackOf(node, nodes, parents);
    const { work, at, calls, inTimer } = classify(stack);
    if (work === 'own') {
      total.ownMs += ms;
      continue;
    }
    total.busyMs += ms;
    if (inTimer) total.timersMs += ms;
    for (const [line, share] of linesOf(node, at, calls, options)) {
      const path = pathOf(paths, { work, stack, at, calls, line }, options);
      path.ms += ms * share;
      if (inTimer) path.timersMs += ms * share;
      if (line !== 0) path.lines.set(line, (path.lines.get(line) ?? 0) + ms * share);
    }
  }
  return {
    everyMs: options.everyMs,
    samples: times.samples,
    idleMs: rounded(total.idleMs),
    busyMs: rounded(total.busyMs),
    gcMs: rounded(total.gcMs),
    ownMs: rounded(total.ownMs),
    timersMs: rounded(total.timersMs),
    paths: [...paths.values()]
      .toSorted((a, b) => b.ms - a.ms)
      .slice(0, mostPaths)
      .map((path) => hotPath(path, options)),
  };
}

function timesOf(profile: CpuProfile, sinceMs: number): { byNode: Map<number, number>; samples: number } {
  const { samples = [], timeDeltas = [], startTime } = profile;
  const byNode = new Map<number, number>();
  let at = startTime / 1000;
  let counted = 0;
  for (const [index, id] of samples.entries()) {
    at += (timeDeltas[index] ?? 0) / 1000;
    if (at < sinceMs) continue;
    byNode.set(id, (byNode.get(id) ?? 0) + Math.max(0, timeDeltas[index + 1] ?? 0) / 1000);
    counted++;
  }
  return { byNode, samples: counted };
}

/** Innermost first, without the root. */
function stackOf(node: Node, nodes: ReadonlyMap<number, Node>, parents: ReadonlyMap<number, number>): ProfileFrame[] {
  const stack: ProfileFrame[] = [];
  for (let at: Node | undefined = node; at !== undefined; at = nodes.get(parents.get(at.id) ?? -1)) {
    const { functionName, url, lineNumber, columnNumber } = at.callFrame;
    if (functionName === '(root)' || functionName === '(program)') continue;
    stack.push({ function: functionName, file: url, line: lineNumber + 1, column: columnNumber + 1 });
  }
  return stack;
}

/**
 * The lines at which the samples of a node were, with their shares, where its innermost frame is the one at `at`; else 0.
 * What V8 has inlined counts for the function, but with a line of a file of its own: such lines are past the end, mostly.
 */
function linesOf(
  { positionTicks = [], callFrame }: Node,
  at: number,
  calls: string,
  { texts, mapSite }: FoldOptions,
): [line: number, share: number][] {
  const total = positionTicks.reduce((sum, { ticks }) => sum + ticks, 0);
  const isOwnCode = at === 0 || calls.includes(':');
  if (!isOwnCode || total === 0) return [[0, 1]];
  const { file } = mapSite({ file: callFrame.url, line: 1, column: 1, function: '', exact: true });
  const last = texts.lines(file)?.length ?? Infinity;
  const isMapped = !callFrame.url.endsWith(file);
  return positionTicks.map(({ line, ticks }) => [
    !isMapped && (line > last || line <= callFrame.lineNumber) ? 0 : line,
    ticks / total,
  ]);
}

function pathOf(
  paths: Map<string, Path>,
  from: { work: Work; stack: readonly ProfileFrame[]; at: number; calls: string; line: number },
  { mapSite, texts }: FoldOptions,
): Path {
  const { stack, at, line } = from;
  const frame = stack[at] ?? null;
  const [leaf] = stack;
  let { work, calls } = from;
  if (line !== 0 && leaf !== undefined) {
    const place = mapLine(leaf, line, mapSite);
    const json = texts.jsonCall(place.file, place.line);
    if (json !== null && (work === 'javascript' || work === 'package')) {
      calls = at === 0 ? json : `${calls} (${json})`;
      work = 'json';
    }
  }
  const place = frame === null ? '' : `${frame.file}:${frame.line}:${frame.column}:${frame.function}`;
  const key = `${work}|${place}|${calls}`;
  let path = paths.get(key);
  if (path === undefined) {
    const callers = stack.slice(at + 1).filter((each) => whoseIs(each) === 'program');
    path = { work, frame, calls, callers: callers.slice(0, mostCallers), ms: 0, timersMs: 0, lines: new Map() };
    paths.set(key, path);
  }
  return path;
}

function mapLine(frame: ProfileFrame, line: number, mapSite: (site: Site) => SiteEntry): SiteEntry {
  const site = mapSite({ ...siteOf(frame), line, column: endOfLine });
  return site.column === endOfLine ? { ...site, column: 1 } : site;
}

function siteOf({ file, line, column, function: name }: ProfileFrame): Site {
  return { file, line, column, function: name, exact: true };
}

function hotPath({ work, frame, calls, callers, ms, timersMs, lines }: Path, options: FoldOptions): HotPath {
  return {
    work,
    at: frame === null ? null : placeOf(frame, calls, lines, options),
    calls: calls === '' ? null : calls,
    ms: rounded(ms),
    timersMs: rounded(timersMs),
    callers: callers.map((caller) => options.mapSite(siteOf(caller))),
  };
}

function placeOf(
  frame: ProfileFrame,
  calls: string,
  lines: ReadonlyMap<number, number>,
  { mapSite, texts }: FoldOptions,
): SiteEntry {
  const [busiest] = [...lines].toSorted(([, a], [, b]) => b - a);
  // The lines of a call into a package are those of the package.
  if (busiest !== undefined && !calls.includes(': ')) return mapLine(frame, busiest[0], mapSite);
  return texts.callLine(mapSite(siteOf(frame)), calleeOf(calls.replace(/ \(.*\)$/, '')));
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
