// Where a test is written, from the error that its runner made there.
import { readFileSync } from 'node:fs';
import { load } from '../runtime/load.ts';

/** The first place of a stack that is in this file, in its source; null where there is none. */
export function placeInStack(
  error: unknown,
  file: string,
  sandbox: object,
): { readonly line: number; readonly column: number } | null {
  const stack = typeof error === 'object' && error !== null && 'stack' in error ? String(error.stack) : '';
  for (const frame of stack.split('\n')) {
    const at = frame.indexOf(`${file}:`);
    const [, line, column] = /^(\d+):(\d+)/.exec(at === -1 ? '' : frame.slice(at + file.length + 1)) ?? [];
    if (line === undefined) continue;
    const site = { file, line: Number(line), column: Number(column), function: '', exact: true };
    if (isMapped(sandbox)) return site;
    const { siteMap } = load(import.meta.url, './site-map') as typeof import('./site-map.ts');
    return siteMap(sandbox)(site);
  }
  return null;
}

/** Stacks of this realm are formatted with source maps already. Node asks the main realm where its own does not. */
function isMapped(sandbox: object): boolean {
  return [sandbox, globalThis].some(
    (realm) => typeof (realm as { readonly Error: ErrorConstructor }).Error.prepareStackTrace === 'function',
  );
}

/**
 * The line of a file that has the title of a test in quotes, where its runner does not tell; null without one. Of several
 * with the same title it is the first within its suites; null where those do not tell, either.
 * @param titles of the suites, outermost first, and of the test
 */
export function placeOfTitle(
  file: string,
  titles: readonly string[],
): { readonly line: number; readonly column: number } | null {
  try {
    const text = readFileSync(file, 'utf8');
    const at = findTitle(text, titles);
    if (at === null) return null;
    const before = text.slice(0, at);
    const start = before.lastIndexOf('\n') + 1;
    return { line: before.split('\n').length, column: text.slice(start).search(/\S/) + 1 };
  } catch {
    return null; // the file is gone, or its path is a URL
  }
}

function findTitle(text: string, titles: readonly string[]): number | null {
  const all = findQuoted(text, titles.at(-1) ?? '');
  const [only, second] = all;
  if (only === undefined || second === undefined) return only ?? null;
  let from = -1;
  for (const suite of titles.slice(0, -1)) {
    const [next, other] = findQuoted(text, suite).filter((at) => at > from);
    if (next === undefined || (from === -1 && other !== undefined)) return null;
    from = next;
  }
  return from === -1 ? null : (all.find((at) => at > from) ?? null);
}

/** Where a title stands in quotes. */
function findQuoted(text: string, title: string): number[] {
  const found: number[] = [];
  if (title === '') return found;
  for (let at = text.indexOf(title, 1); at !== -1; at = text.indexOf(title, at + 1)) {
    const quote = text[at - 1] ?? '';
    if (/["'`]/.test(quote) && text[at + title.length] === quote) found.push(at);
  }
  return found;
}
