// Whose work a stack of a CPU profile is: the innermost line of the program, and what it called.
import { sep } from 'node:path';
import type { Work } from '../report/recording.ts';
import { isOwnFile } from '../runtime/call-site.ts';

/** A frame as the profiler has it: `line` and `column` are where the function begins, from 1. */
export interface ProfileFrame {
  readonly function: string;
  /** Empty for what is part of the engine. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What a stack says. */
export interface Classified {
  /** `own` for loopscope itself. */
  readonly work: Work | 'own';
  /** Index of the frame of the program, or else of a package; -1 where there is neither. */
  readonly at: number;
  /** What that frame called; empty where it ran its own code. */
  readonly calls: string;
  /** Whether it is a timer's callback, or below one. */
  readonly inTimer: boolean;
}

type Whose = 'program' | 'package' | 'node' | 'engine' | 'own';

/** @param stack innermost first */
export function classify(stack: readonly ProfileFrame[]): Classified {
  const whose = stack.map(whoseIs);
  const inTimer = stack.some(({ function: name, file }) => name === 'listOnTimeout' && file === 'node:internal/timers');
  let first = whose.findIndex((who) => who !== 'node' && who !== 'engine');
  if (whose[first] === 'own') {
    // A wrapper of ours lets through what the program called, and Node does that below it.
    const caller = whose.findIndex((who, index) => index > first && who !== 'own' && who !== 'engine');
    const isWrapper =
      whose.slice(0, first).includes('node') && (whose[caller] === 'program' || whose[caller] === 'package');
    if (!isWrapper) return { work: 'own', at: -1, calls: '', inTimer };
    first = caller;
  }
  if (first === -1) return { work: 'node', at: -1, calls: '', inTimer };
  const below = stack.slice(0, first).filter((_, index) => whose[index] !== 'own');
  const work = workOf(below);
  if (whose[first] === 'program') {
    return { work: work ?? 'javascript', at: first, calls: calledName(below, work), inTimer };
  }
  const inProgram = whose.indexOf('program');
  if (inProgram === -1) return { work: work === null ? 'package' : work, at: first, calls: '', inTimer };
  const entry = whose.lastIndexOf('package', inProgram);
  const { file, function: name } = stack[entry] as ProfileFrame;
  const called = work === null || work === 'node' ? name : calledName(below, work);
  return {
    work: work === null || work === 'node' ? 'package' : work,
    at: inProgram,
    calls: `${packageOf(file)}: ${called || 'a function'}`,
    inTimer,
  };
}

/** The name to look for in the text of the function: of `lodash: cloneDeep` the second. */
export function calleeOf(calls: string): string {
  return /[\w$]*$/.exec(calls)?.[0] ?? '';
}

export function whoseIs({ file }: ProfileFrame): Whose {
  if (file === '' || file.startsWith('wasm:')) return 'engine'; // whose wasm it is says the line that calls it
  if (file.startsWith('node:')) return 'node';
  if (isOwnFile(file)) return 'own';
  return file.includes('/node_modules/') || file.includes(`${sep}node_modules${sep}`) ? 'package' : 'program';
}

function packageOf(file: string): string {
  return /.*[/\\]node_modules[/\\]((?:@[^/\\]+[/\\])?[^/\\]+)/.exec(file)?.[1] ?? 'a package';
}

const isSync = /Sync$/;
const ofNode: readonly { readonly work: Work; readonly is: (frame: ProfileFrame) => boolean }[] = [
  { work: 'sync file', is: ({ file, function: name }) => /^node:(?:internal\/)?fs\b/.test(file) && isSync.test(name) },
  { work: 'sync crypto', is: ({ file }) => /^node:(?:internal\/)?crypto\b/.test(file) },
  {
    work: 'sync compression',
    is: ({ file, function: name }) => /^node:(?:internal\/)?zlib\b/.test(file) && isSync.test(name),
  },
  {
    work: 'child process',
    is: ({ file, function: name }) => /^node:(?:internal\/)?child_process$/.test(file) && isSync.test(name),
  },
];

/** Null where only the engine ran. */
function workOf(below: readonly ProfileFrame[]): Work | null {
  if (!below.some(({ file }) => file !== '')) return null;
  return ofNode.find(({ is }) => below.some(is))?.work ?? 'node';
}

/** The name of what was called: the outermost that says what it is. */
function calledName(below: readonly ProfileFrame[], work: Work | null): string {
  const rule = ofNode.find((each) => each.work === work);
  const outermost = rule === undefined ? below.at(-1) : below.findLast(rule.is);
  const name = outermost?.function ?? '';
  return /^(?:RegExp: )?[^(]*$/.test(name) ? name : '';
}
