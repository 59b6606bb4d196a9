// What blocked the loop, from looks at it while it was blocked. Pure, but for a look into the source where the engine could
// not be interrupted in time.
import type { BlockKind } from '../channels/loop.ts';
import type { Site } from '../channels/site.ts';
import type { TaskRecord } from '../channels/task.ts';
import { isOwnFile } from '../runtime/call-site.ts';
import type { Frame } from './frames.ts';
import { calleeOf, isAtItsStart, nativeCallBefore } from './native-call.ts';
import type { Sample } from './probe.ts';

/** Who blocked the loop. */
export interface Culprit {
  readonly kind: BlockKind;
  readonly stack: readonly Site[];
  readonly native: string | null;
  readonly task: TaskRecord | null;
  /** It is loopscope itself, which takes a report for example. */
  readonly own: boolean;
}

/** What one look says. */
interface Vote {
  readonly kind: BlockKind;
  readonly native: string | null;
  /** Innermost first, the program's own frames alone. */
  readonly stack: readonly Site[];
  /** It ran on top of Node's queue of promise callbacks, or right in it. */
  readonly inMicrotask: boolean;
  /** The engine was not at a safe point when it was asked: a native function ran, or the collector. */
  readonly late: boolean;
  readonly own: boolean;
  readonly sample: Sample;
  /** How much of the block it stands for. */
  readonly weightMs: number;
}

const lateMs = 20;
const momentMs = 20;
const ofRegularExpressions = new Set(['match', 'matchAll', 'replace', 'replaceAll', 'search', 'split']);
const nativeOfEngine = new Set(['JSON.stringify', 'JSON.parse', 'Atomics.wait']);
const queueFunctions = new Set(['processTicksAndRejections', 'runMicrotasks', 'runNextTicks']);

/**
 * Finds the culprit of a block: the innermost place on which looks agree that stand for most of it.
 * @param since when the block began, on the system's clock
 */
export function findCulprit(samples: readonly Sample[], since: number): Culprit {
  let before = since;
  const votes: Vote[] = [];
  for (const sample of samples) {
    votes.push(toVote(sample, Math.max(0.1, sample.at - before)));
    before = sample.at;
  }
  const placed = votes.filter(({ stack }) => stack.length > 0);
  if (placed.length === 0) return withoutPlace(votes);
  const { stack, agreeing } = agree(placed);
  const [kind, native] = mostly(agreeing, (vote) => `${vote.kind}\n${vote.native ?? ''}`).split('\n') as [
    BlockKind,
    string,
  ];
  const task = [...agreeing].toSorted((a, b) => b.weightMs - a.weightMs)[0]?.sample.task ?? null;
  if (isStorm(votes)) return { kind: 'microtasks', native: null, stack, task, own: false };
  return { kind, native: native === '' ? null : native, stack, task, own: false };
}

/** Nothing of the program was on the stack at any look. */
function withoutPlace(votes: readonly Vote[]): Culprit {
  const task = votes.find(({ sample }) => sample.task !== null)?.sample.task ?? null;
  const own = votes.length > 0 && votes.every((vote) => vote.own);
  return { kind: isStorm(votes) ? 'microtasks' : 'unknown', native: null, stack: [], task, own };
}

/** The innermost place that stands for more than half of the block: by line, else by function, else the heaviest. */
function agree(votes: readonly Vote[]): { stack: readonly Site[]; agreeing: readonly Vote[] } {
  const total = votes.reduce((sum, { weightMs }) => sum + weightMs, 0);
  for (const keyOf of [placeOf, functionOf]) {
    const weights = new Map<string, number>();
    for (const { stack, weightMs } of votes) {
      for (const key of new Set(stack.map(keyOf))) weights.set(key, (weights.get(key) ?? 0) + weightMs);
    }
    // Places that stand for more than half lie on one path; the innermost has the longest way out.
    let innermost: readonly Site[] = [];
    for (const { stack } of votes) {
      const index = stack.findIndex((site) => (weights.get(keyOf(site)) ?? 0) > total / 2);
      if (index !== -1 && stack.length - index > innermost.length) innermost = stack.slice(index);
    }
    const [place] = innermost;
    if (place === undefined) continue;
    const agreeing = votes.filter(({ stack }) => stack.some((site) => keyOf(site) === keyOf(place)));
    return { stack: innermost, agreeing };
  }
  const heaviest = votes.toSorted((a, b) => b.weightMs - a.weightMs)[0] as Vote;
  return { stack: heaviest.stack, agreeing: [heaviest] };
}

function placeOf({ file, line, function: name }: Site): string {
  return `${name}\n${file}:${line}`;
}

function functionOf({ file, function: name }: Site): string {
  return `${name}\n${file}`;
}

/** The answer that stands for most of the time. */
function mostly(votes: readonly Vote[], answerOf: (vote: Vote) => string): string {
  const weights = new Map<string, number>();
  for (const vote of votes) weights.set(answerOf(vote), (weights.get(answerOf(vote)) ?? 0) + vote.weightMs);
  return [...weights].toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? '';
}

/** Promise callbacks or ticks that beget others: between two looks within a moment, the queue went on, and did not end. */
function isStorm(votes: readonly Vote[]): boolean {
  const total = votes.reduce((sum, { weightMs }) => sum + weightMs, 0);
  const inQueue = votes.filter(({ inMicrotask, late }) => inMicrotask && !late);
  if (inQueue.reduce((sum, { weightMs }) => sum + weightMs, 0) <= total / 2) return false;
  let moments = 0;
  let movements = 0;
  inQueue.forEach(({ sample }, index) => {
    const before = inQueue[index - 1]?.sample;
    if (before === undefined || sample.at - before.at > momentMs) return;
    moments++;
    if (sample.drained || sample.callback !== before.callback) movements++;
  });
  return moments > 0 && movements >= moments / 2;
}

function toVote(sample: Sample, weightMs: number): Vote {
  const running = sample.frames.filter(({ awaits }) => !awaits);
  const first = running.findIndex(isProgram);
  const above = first === -1 ? running : running.slice(0, first);
  const base = running.at(-1);
  const inMicrotask = base === undefined || isProgram(base) || queueFunctions.has(base.function);
  const late = sample.at - sample.askedAt > lateMs;
  const common = { sample, weightMs, inMicrotask, late, own: first === -1 && running.some(isOwnFrame) };
  if (first === -1) return { ...common, kind: 'unknown', native: null, stack: [] };
  const programs = sample.frames.slice(sample.frames.indexOf(running[first] as Frame)).filter(isProgram);
  const stack = programs.map(toSite);
  const [innermost] = above;
  if (innermost?.file === null) {
    const [type, method = ''] = innermost.function.split('.');
    if (type === 'RegExp' || (type === 'String' && ofRegularExpressions.has(method))) {
      return { ...common, kind: 'regular expression', native: null, stack };
    }
    if (nativeOfEngine.has(innermost.function)) {
      return { ...common, kind: 'native call', native: innermost.function, stack };
    }
  }
  const ofNode = above.findLast(({ file }) => file?.startsWith('node:') === true);
  if (ofNode !== undefined && ofNode.line !== ofNode.startLine && (late || ofNode.function.endsWith('Sync'))) {
    const native = calleeOf(programs[0] as Frame) ?? ofNode.function;
    return { ...common, kind: 'native call', native, stack };
  }
  return late ? { ...common, ...nativeBefore(programs) } : { ...common, kind: 'javascript', native: null, stack };
}

/** A safe point after native code that left no frame: what was called is in the source, or it was no native function. */
function nativeBefore(frames: readonly Frame[]): Pick<Vote, 'kind' | 'native' | 'stack'> {
  const [innermost, caller] = frames as [Frame, ...Frame[]];
  const startsWith = caller !== undefined && !caller.awaits && isAtItsStart(innermost) ? 1 : 0;
  const frame = frames[startsWith] as Frame;
  const call = nativeCallBefore(frame);
  if (call === null) return { kind: 'javascript', native: null, stack: frames.map(toSite) };
  const { line, column, name } = call;
  const stack = [{ ...toSite(frame), line, column }, ...frames.slice(startsWith + 1).map(toSite)];
  return { kind: 'native call', native: name, stack };
}

function isProgram({ file }: Frame): boolean {
  return file !== null && !file.startsWith('node:') && !isOwnFile(file);
}

function isOwnFrame({ file }: Frame): boolean {
  return file !== null && isOwnFile(file);
}

function toSite({ file, line, column, function: name }: Frame): Site {
  return { file: file ?? '', line, column, function: name, exact: true };
}
