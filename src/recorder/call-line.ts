// On which line a function calls another: profiles name only the line on which a function begins. The text is searched.
import { readFileSync, statSync } from 'node:fs';
import type { SiteEntry } from '../report/format.ts';

const longestFunction = 20_000; // characters
const largestFile = 4 * 1024 * 1024;
const filesKept = 200;

/** Source files, each read once. */
export class SourceTexts {
  readonly #files = new Map<string, readonly string[] | null>();

  /** The lines of a file; null where it cannot be read. */
  lines(file: string): readonly string[] | null {
    let lines = this.#files.get(file);
    if (lines !== undefined) return lines;
    lines = this.#files.size < filesKept ? readLines(file) : null;
    this.#files.set(file, lines);
    return lines;
  }

  /**
   * The line on which a function calls `name`: exact if there is one such line. Where there is none, where it begins.
   * @param start where its parameters begin
   */
  callLine(start: SiteEntry, name: string): SiteEntry {
    const lines = this.lines(start.file);
    if (lines === null || name === '') return start;
    const text = lines
      .slice(start.line - 1)
      .join('\n')
      .slice(0, longestFunction);
    const extent = functionEnd(text, Math.max(0, start.column - 1));
    const call = new RegExp(String.raw`(?<![\w$])${name.replaceAll('$', String.raw`\$`)}\s*(?:\?\.)?\(`, 'g');
    call.lastIndex = Math.max(0, start.column - 1);
    const first = call.exec(text);
    if (first === null || first.index >= extent) return start;
    const second = call.exec(text);
    const before = text.slice(0, first.index);
    return {
      ...start,
      line: start.line + before.split('\n').length - 1,
      column: first.index - before.lastIndexOf('\n'),
      exact: second === null || second.index >= extent,
    };
  }

  /** What of JSON a line calls; null for nothing. */
  jsonCall(file: string, line: number): string | null {
    return /\bJSON\.(?:stringify|parse)\b/.exec(this.lines(file)?.[line - 1] ?? '')?.[0] ?? null;
  }
}

function readLines(file: string): readonly string[] | null {
  try {
    const { size } = statSync(file);
    return size > largestFile ? null : readFileSync(file, 'utf8').split('\n');
  } catch {
    return null; // code from a string, or a file that is gone
  }
}

/** Where the function ends whose parameters begin at `start`: brackets are counted, strings and comments passed over. */
function functionEnd(text: string, start: number): number {
  const token = /\/\/[^\n]*|\/\*[^]*?\*\/|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|[()[\]{}]/g;
  token.lastIndex = start;
  let depth = 0;
  let inBody = false;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [character] = match;
    if ('([{'.includes(character)) {
      inBody ||= character === '{' && depth === 0;
      depth++;
    } else if (')]}'.includes(character)) {
      depth--;
      if (depth < 0 || (depth === 0 && inBody && character === '}')) return match.index;
    }
  }
  return text.length;
}
