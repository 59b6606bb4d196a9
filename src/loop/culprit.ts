// What blocked the loop, from looks at it while it was blocked. Pure, but for a look into the source where the engine could
// not be interrupted in time.
import type { BlockKind } from '../channels/loop.ts';
import type { Site } from '../channels/site.ts';
import type { TaskRecord } from '../channels/task.ts';
import { isOwnFile } from '../runtime/call-site.ts';
import type { Frame } from '../runtime/frames.ts';
import { callBefore, calleeOf, isAtItsStart, isOnlyCallBetween, nativeCallBefore } from './native-call.ts';
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
  /** The function of each, told from others of its name in the same file. */
  readonly functions: readonly string[];
  readonly frames: readonly Frame[];
  /** How many of them run; the others await. */
  readonly running: number;
  /** It was a function that was only just called or resumed: of its lines only the first is known. */
  readonly resumed: boolean;
  /** It ran on top of Node's queue of promise callbacks, or right in it. */
  readonly inMicrotask: boolean;
  readonly own: boolean;
  readonly sample: Sample;
  /** How much of the block it stands for. */
  readonly weightMs: number;
}

/** Two looks of a round are so close that both may see the same tick. */
const leastMoved = 0.4;
const ofRegularExpressions = new Set(['match', 'matchAll', 'replace', 'replaceAll', 'search', 'split']);
const loader = 'node:internal/modules/';
const entry = 'node:internal/modules/run_main';
const nativeOfEngine = new Set(['JSON.stringify', 'JSON.parse', 'Atomics.wait']);
const queueFunctions = new Set([
  'processTicksAndRejections',
  'runMicrotasks',
  'runNextTicks',
  // Node 22, where it has hooks for promises
  'promiseInitHook',
  'promiseBeforeHook',
  'promiseAfterHook',
  'promiseResolveHook',
]);

/**
 * Finds the culprit of a block: the innermost function on which looks agree that stand for most of it.
 * @param since when the block began, on the system's clock
 */
export function findCulprit(samples: readonly Sample[], since: number): Culprit {
  let before = since;
  const votes: Vote[] = [];
  for (const sample of samples) {
    const vote = toVote(sample, Math.max(0.1, sample.at - before));
    votes.push(withCallee(vote, votes.at(-1)) ?? vote);
    before = sample.at;
  }
  const placed = votes.filter(({ stack }) => stack.length > 0);
  if (isStorm(votes)) {
    return { kind: 'microtasks', native: null, stack: callbackOf(placed), task: taskOf(votes), own: false };
  }
  if (placed.length === 0) return withoutPlace(votes);
  const { stack, agreeing } = agree(placed);
  const [kind, native] = mostly(agreeing, (vote) => `${vote.kind}\n${vote.native ?? ''}`).split('\n') as [
    BlockKind,
    string,
  ];
  return { kind, native: native === '' ? null : native, stack, task: taskOf(agreeing), own: false };
}

/**
 * A late look whose function has just called another, which was seen at the look before and in which the engine could not be
 * interrupted any more: it is that other that ran meanwhile. Null where that is not so.
 */
function withCallee(vote: Vote, before: Vote | undefined): Vote | null {
  const { sample, frames, functions, native, weightMs } = vote;
  const depth = functions.length;
  if (before === undefined || !sample.late || native !== null || depth === 0) return null;
  if (before.functions.length <= depth || before.functions.slice(-depth).join('\n') !== functions.join('\n'))
    return null;
  if (!isOnlyCallBetween(before.frames.at(-depth) as Frame, frames[0] as Frame)) return null;
  return { ...before, kind: 'javascript', native: null, sample, weightMs };
}

/** Most of a block is the program's own start: its modules are read, compiled and evaluated for the first time. */
export function isStart(samples: readonly Sample[]): boolean {
  const loading = samples.filter(({ frames }) => {
    const outermost = frames.findLast(({ awaits }) => !awaits);
    return outermost?.file?.startsWith(loader) === true && frames.some(({ file }) => file === entry);
  });
  return loading.length > samples.length / 2;
}

/** Nothing of the program was on the stack at any look. */
function withoutPlace(votes: readonly Vote[]): Culprit {
  // A late look sees what came after: with native code at the very end of a program, that is what we do at its exit.
  const own = votes.length > 0 && votes.every((vote) => vote.own && !vote.sample.late);
  return { kind: 'unknown', native: null, stack: [], task: taskOf(votes), own };
}

/** The task at the look that stands for most; between two promise callbacks there may be none. */
function taskOf(votes: readonly Vote[]): TaskRecord | null {
  const inTasks = votes.filter(({ sample }) => sample.task !== null);
  return inTasks.toSorted((a, b) => b.weightMs - a.weightMs)[0]?.sample.task ?? null;
}

/** The innermost function that stands for more than half of the block, at its heaviest line; else the heaviest look. */
function agree(votes: readonly Vote[]): { stack: readonly Site[]; agreeing: readonly Vote[] } {
  const total = votes.reduce((sum, { weightMs }) => sum + weightMs, 0);
  const weights = new Map<string, number>();
  for (const { functions, weightMs } of votes) {
    for (const each of new Set(functions)) weights.set(each, (weights.get(each) ?? 0) + weightMs);
  }
  // Functions that stand for more than half lie on one path; the innermost has the longest way out.
  let innermost: { readonly name: string; readonly out: number } | null = null;
  for (const { functions } of votes) {
    const index = functions.findIndex((each) => (weights.get(each) ?? 0) > total / 2);
    const out = functions.length - index;
    if (index !== -1 && out > (innermost?.out ?? 0)) innermost = { name: functions[index] as string, out };
  }
  if (innermost === null) {
    const heaviest = votes.toSorted((a, b) => b.weightMs - a.weightMs)[0] as Vote;
    return { stack: heaviest.stack, agreeing: [heaviest] };
  }
  const { name } = innermost;
  const agreeing = votes.filter(({ functions }) => functions.includes(name));
  const within = ({ stack, functions }: Vote): readonly Site[] => stack.slice(functions.indexOf(name));
  const place = mostly(agreeing, (vote) => placeOf(within(vote)[0] as Site));
  const stack = agreeing.map(within).find(([site]) => placeOf(site as Site) === place) ?? [];
  return { stack, agreeing };
}

function placeOf({ file, line, function: name }: Site): string {
  return `${name}\n${file}:${line}`;
}

function functionOf({ file, startLine, startColumn, function: name }: Frame): string {
  return `${name}\n${file}:${startLine}:${startColumn}`;
}

/** The answer that stands for most of the time. */
function mostly(votes: readonly Vote[], answerOf: (vote: Vote) => string): string {
  const weights = new Map<string, number>();
  for (const vote of votes) weights.set(answerOf(vote), (weights.get(answerOf(vote)) ?? 0) + vote.weightMs);
  return [...weights].toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? '';
}

/** Promise callbacks or ticks that beget others: their queue moves on while the block lasts, and does not end. */
function isStorm(votes: readonly Vote[]): boolean {
  const weigh = (some: readonly Vote[]): number => some.reduce((sum, { weightMs }) => sum + weightMs, 0);
  const inQueue = votes.filter(({ inMicrotask, sample }) => inMicrotask && !sample.late);
  if (weigh(inQueue) <= weigh(votes) / 2) return false;
  const later = inQueue.slice(1);
  const drained = later.filter(({ sample }) => sample.drained);
  if (drained.length > 0 && weigh(drained) >= weigh(later) / 2) return true;
  const moved = later.filter(({ sample }, index) => sample.callback !== inQueue[index]?.sample.callback);
  return moved.length > 0 && moved.length >= later.length * leastMoved;
}

/** The callback that is called again and again: what it calls in turn is not what makes the queue endless. */
function callbackOf(votes: readonly Vote[]): readonly Site[] {
  const inside = votes.filter(({ resumed }) => !resumed);
  const stacks = (inside.length > 0 ? inside : votes).map(({ stack, running }) => stack.slice(running - 1));
  const weights = new Map<string, number>();
  for (const [site] of stacks)
    if (site !== undefined) weights.set(placeOf(site), (weights.get(placeOf(site)) ?? 0) + 1);
  const [best] = [...weights].toSorted(([, x], [, y]) => y - x)[0] ?? [];
  return stacks.find(([site]) => site !== undefined && placeOf(site) === best) ?? [];
}

function toVote(sample: Sample, weightMs: number): Vote {
  const running = sample.frames.filter(({ awaits }) => !awaits);
  const first = running.findIndex(isProgram);
  const above = first === -1 ? running : running.slice(0, first);
  const caller = running[running.findLastIndex(isProgram) + 1];
  const inMicrotask = caller === undefined || queueFunctions.has(caller.function);
  const common = {
    sample,
    weightMs,
    inMicrotask,
    running: 0,
    resumed: false,
    own: first === -1 && running.some(isOwnFrame),
  };
  if (first === -1) return { ...common, kind: 'unknown', native: null, stack: [], functions: [], frames: [] };
  const programs = withoutEntered(
    sample.frames.slice(sample.frames.indexOf(running[first] as Frame)).filter(isProgram),
  );
  const stack = programs.map(toSite);
  const functions = programs.map(functionOf);
  const inner = running[0] as Frame;
  const resumed = running.length === 1 && inner.line === inner.startLine;
  const placed = {
    ...common,
    functions,
    frames: programs,
    running: programs.filter(({ awaits }) => !awaits).length,
    resumed,
  };
  const [innermost] = above;
  // One that Node itself matches is not the program's.
  if (innermost?.file === null && above.every(({ file }) => file === null)) {
    const [type, method = ''] = innermost.function.split('.');
    if (type === 'RegExp' || (type === 'String' && ofRegularExpressions.has(method))) {
      return { ...placed, kind: 'regular expression', native: null, stack };
    }
    if (nativeOfEngine.has(innermost.function)) {
      return { ...placed, kind: 'native call', native: innermost.function, stack };
    }
  }
  const called = above.at(-1);
  const ofNode = called?.file?.startsWith('node:') === true ? called : undefined;
  if (ofNode !== undefined && ofNode.line !== ofNode.startLine) {
    const native = calleeOf(programs[0] as Frame) ?? ofNode.function;
    if (sample.late || native.endsWith('Sync')) return { ...placed, kind: 'native call', native, stack };
  }
  return {
    ...placed,
    ...((sample.late ? lastCall(programs) : null) ?? { kind: 'javascript', native: null, stack }),
  };
}

/** Where a function was only just called, it is its caller that runs: functions are where the engine can be interrupted. */
function withoutEntered(frames: readonly Frame[]): readonly Frame[] {
  const [innermost, caller] = frames as [Frame, ...Frame[]];
  return caller !== undefined && !caller.awaits && isAtItsStart(innermost) ? frames.slice(1) : frames;
}

/**
 * A safe point after native code that left no frame: what was called is in the source. Where that is no native function that
 * is known, the last call is to blame all the same, and not what comes after it.
 */
function lastCall(frames: readonly Frame[]): Pick<Vote, 'kind' | 'native' | 'stack'> | null {
  const [frame, ...outer] = frames as [Frame, ...Frame[]];
  const known = nativeCallBefore(frame);
  const call = known ?? callBefore(frame);
  if (call === null) return null;
  const { line, column } = call;
  const stack = [{ ...toSite(frame), line, column }, ...outer.map(toSite)];
  return { kind: known === null ? 'javascript' : 'native call', native: known?.name ?? null, stack };
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
