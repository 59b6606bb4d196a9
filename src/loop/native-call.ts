// The call into native code that ended before the engine could be interrupted. The stack is then of the next safe point,
// which is further on in the same function: what was called is read from the source, backwards from there.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Frame } from '../runtime/frames.ts';

/** A call of a native function, as the source spells it. */
export interface NativeCall {
  /** For example `JSON.parse` or `execSync`. */
  readonly name: string;
  readonly line: number;
  readonly column: number;
}

const linesBack = 60;
const longestFile = 5_000_000;
// What takes long without coming to a safe point.
const native =
  /(?<![\w$])(JSON\.(?:parse|stringify)|structuredClone|Atomics\.wait|(?:[\w$]+\.)*?(?:[\w$]+Sync|digest|update|serialize|deserialize|compare|writeHeapSnapshot|postMessage))\s*\(/g;

const anyCall =
  /(?<![\w$.])(?!(?:if|for|while|switch|catch|function|with|return|await|super)\b)(?:[\w$]+\.)*([\w$]+)\s*\(/g;

/** The last such call before the frame's position in its function; null if there is none, or the file cannot be read. */
export function nativeCallBefore(frame: Frame): NativeCall | null {
  const call = lastBefore(frame, native);
  return call === null ? null : { ...call, name: lastName(call.name) };
}

/** The last call of anything before the frame's position in its function; null as above. */
export function callBefore(frame: Frame): NativeCall | null {
  return lastBefore(frame, anyCall);
}

function lastBefore(frame: Frame, pattern: RegExp): NativeCall | null {
  const lines = linesOf(frame);
  if (lines === null) return null;
  const first = frame.startLine > 0 ? frame.startLine : frame.line - linesBack;
  for (let line = frame.line; line >= Math.max(1, first, frame.line - linesBack); line--) {
    const text = lines[line - 1] ?? '';
    const from = line === frame.startLine ? frame.startColumn - 1 : 0;
    const until = line === frame.line ? frame.column - 1 : text.length;
    const last = Array.from(text.slice(from, until).matchAll(pattern)).at(-1);
    if (last?.[1] !== undefined) return { name: last[1], line, column: from + last.index + 1 };
  }
  return null;
}

/** Whether a function was only just called: its position is that of its parameters. */
export function isAtItsStart(frame: Frame): boolean {
  const { line, column, startLine, startColumn } = frame;
  if (line === startLine && column === startColumn) return true;
  return line === startLine && linesOf(frame)?.[line - 1]?.[column - 1] === '(';
}

/** The name of what is called where a frame stands, as the source spells it; null if that is no name. */
export function calleeOf(frame: Frame): string | null {
  const text = linesOf(frame)?.[frame.line - 1]?.slice(frame.column - 1) ?? '';
  return /^([A-Za-z_$][\w$]*)\s*\(/.exec(text)?.[1] ?? null;
}

/** Whether a function made one call alone between where it stood first and where it stands now, further on. */
export function isOnlyCallBetween(first: Frame, now: Frame): boolean {
  const lines = first.file === now.file ? linesOf(now) : null;
  if (lines === null || now.line < first.line || now.line > first.line + linesBack) return false;
  const text = lines.slice(first.line - 1, now.line);
  text[text.length - 1] = text.at(-1)?.slice(0, now.column - 1) ?? '';
  text[0] = text[0]?.slice(first.column - 1) ?? '';
  return Array.from(text.join('\n').matchAll(/[\w$\])]\s*(?:\?\.)?\(/g)).length === 1;
}

function lastName(path: string): string {
  return /^(?:JSON|Atomics)\./.test(path) ? path : path.slice(path.lastIndexOf('.') + 1);
}

let lastFile = '';
let lastLines: readonly string[] | null = null;

function linesOf({ file }: Frame): readonly string[] | null {
  if (file === null || file === '') return null;
  if (file !== lastFile) {
    lastFile = file;
    try {
      const text = readFileSync(file.startsWith('file:') ? fileURLToPath(file) : file, 'utf8');
      lastLines = text.length > longestFile ? null : text.split('\n');
    } catch {
      lastLines = null;
    }
  }
  return lastLines;
}
