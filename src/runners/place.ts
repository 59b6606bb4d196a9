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

/** The first line of a file that has the title of a test in quotes, where its runner does not tell; null without one. */
export function placeOfTitle(file: string, title: string): { readonly line: number; readonly column: number } | null {
  try {
    for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
      const at = line.indexOf(title);
      if (at > 0 && /["'`]/.test(line[at - 1] ?? '') && line[at + title.length] === line[at - 1]) {
        return { line: index + 1, column: line.search(/\S/) + 1 };
      }
    }
  } catch {
    // the file is gone, or its path is a URL
  }
  return null;
}
