// What is true of a program of test/programs/awaits: written in its source, beside each await where a function is to hang.
//
//     await hang(); // suspended: Repository.find ×3
//
// Name, `*` for an async generator, `(anonymous)`, `(module)`; how many, 1 by default, or a range; `@31` where it is not the
// first await (else yield) of its line, and `@-2:20` where it is another line. `// elsewhere: name file line:column` stands for
// a function without a line here. `// chain: main → all[1/4] → reply → [timer found] ×3` says what hangs on what (chain.ts).
import { readFileSync } from 'node:fs';
import type { AwaitReport, SuspendedFunction } from '../../src/report/awaits.ts';

/** An await that functions are to be suspended at. */
export interface Expected {
  /** `Repository.find (async function)  /a/service.ts:12:5`, with `*` for a file that has no name. */
  readonly what: string;
  readonly least: number;
  readonly most: number;
}

export interface Truth {
  readonly files: readonly string[];
  readonly awaits: readonly Expected[];
  readonly chains: readonly string[];
  readonly named: boolean;
}

const mark = /^(?<name>.+?)(?<generator>\*)?(?: ×(?<least>\d+)(?:-(?<most>\d+))?)?(?: @(?<place>\S+))?$/;
const elsewhere = /^(?<name>\S+) (?<file>\S+) (?<at>\d+:\d+)$/;

/** Reads it from the sources of a program. */
export function readTruth(files: readonly string[], { named = true }: { readonly named?: boolean } = {}): Truth {
  const awaits: Expected[] = [];
  const chains: string[] = [];
  for (const file of files) {
    const lines = readFileSync(file, 'utf8').split('\n');
    for (const [index, line] of lines.entries()) {
      const [, code = '', kind, text = ''] = /^(.*)\/\/ (suspended|elsewhere|chain): (.*?)\r?$/.exec(line) ?? [];
      if (kind === 'chain') chains.push(text);
      if (kind === 'suspended') awaits.push(readMark(text, { file, line: index + 1, code }));
      if (kind === 'elsewhere') {
        const { name, file: other, at } = groupsOf(elsewhere, text);
        awaits.push({ what: describe(`${name}`, 'async function', `${other}:${at}`), least: 1, most: 1 });
      }
    }
  }
  return named ? { files, awaits, chains, named } : { files, awaits: awaits.map(withoutName), chains: [], named };
}

function withoutName(expected: Expected): Expected {
  return { ...expected, what: expected.what.replace(/^\S+ \(/, '(anonymous) (') };
}

function readMark(text: string, { file, line, code }: { file: string; line: number; code: string }): Expected {
  const { name = '', generator, least = '1', most = least, place } = groupsOf(mark, text);
  const [, up, column] = /^(?:(-\d+):)?(\d+)$/.exec(place ?? '') ?? [];
  const at = column === undefined ? columnOf(code) : Number(column);
  if (at === 0) throw new Error(`${file}:${line}: no await in this line`);
  const kind = name === '(module)' ? 'module' : generator === undefined ? 'async function' : 'async generator';
  const what = describe(name, kind, `${file}:${line + Number(up ?? 0)}:${at}`);
  return { what, least: Number(least), most: Number(most) };
}

/** Where V8 says that it is: at the variable of `for await`, else at the word. 0 where there is none. */
function columnOf(code: string): number {
  const loop = /^.*?\bfor await \((const|let|var) /.exec(code);
  if (loop !== null) return loop[0].length + 1;
  return (/\bawait\b/.exec(code) ?? /\byield\b/.exec(code) ?? { index: -1 }).index + 1;
}

function groupsOf(pattern: RegExp, text: string): Partial<Record<string, string>> {
  const groups = pattern.exec(text)?.groups;
  if (groups === undefined) throw new Error(`not understood: ${text}`);
  return groups;
}

function describe(name: string, kind: SuspendedFunction['kind'], site: string): string {
  return `${name} (${kind})  ${site}`;
}

/** As in markers: `(anonymous)` and `(module)` for those without a name. */
export function labelOf({ name, kind }: Pick<SuspendedFunction, 'name' | 'kind'>): string {
  return kind === 'module' ? '(module)' : name === '' ? '(anonymous)' : name;
}

/**
 * Everything that is wrong with what was found, one sentence each: functions that are missing, that are too many, and
 * those that are invented. Functions inside Node and libraries are not counted, but their lines have to have an await.
 */
export function findWrongAwaits({ awaits, files, named }: Truth, functions: AwaitReport['functions']): string[] {
  const found = new Map<string, number>();
  const wrong: string[] = [];
  for (const { at, name, kind } of functions) {
    if (at === null || !at.exact) {
      wrong.push(`no exact await: ${name} (${kind}) ${at === null ? 'nowhere' : `${at.file}:${at.line}:${at.column}`}`);
      continue;
    }
    if (at.file.startsWith('node:')) continue;
    if (!files.includes(at.file) && isLibrary(at.file)) {
      if (!isAwait(at)) wrong.push(`no await is there: ${name} (${kind}) ${at.file}:${at.line}:${at.column}`);
      continue;
    }
    const label = named ? labelOf({ name, kind }) : '(anonymous)';
    const what = describe(label, kind, `${at.file}:${at.line}:${at.column}`);
    const nowhere = describe(label, kind, `*:${at.line}:${at.column}`);
    const key = awaits.some((expected) => expected.what === nowhere) ? nowhere : what;
    found.set(key, (found.get(key) ?? 0) + 1);
  }
  const bounds = new Map<string, { least: number; most: number }>();
  for (const { what, least, most } of awaits) {
    const { least: other, most: otherMost } = bounds.get(what) ?? { least: 0, most: 0 };
    bounds.set(what, { least: least + other, most: most + otherMost });
  }
  for (const [what, { least, most }] of bounds) {
    const count = found.get(what) ?? 0;
    if (count < least || count > most)
      wrong.push(`${count} instead of ${least}${most === least ? '' : `-${most}`}: ${what}`);
  }
  for (const [what, count] of found) if (!bounds.has(what)) wrong.push(`invented: ${count} × ${what}`);
  return wrong;
}

/** Code that is not of the program: a package, or loopscope itself. */
export function isLibrary(file: string): boolean {
  return file.includes('/node_modules/') || file.includes('/dist/src/');
}

function isAwait({ file, line, column }: { file: string; line: number; column: number }): boolean {
  const text = readFileSync(file, 'utf8').split('\n')[line - 1] ?? '';
  return /^(await|yield|for await|return)\b/.test(text.slice(column - 1));
}
