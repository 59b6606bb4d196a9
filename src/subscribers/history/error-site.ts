// Where an error was made, by the text of its stack. Without regular expressions: what the program matched last stays.
import type { Site } from '../../channels/site.ts';
import { isOwnFile } from '../../runtime/call-site.ts';

const framesRead = 30;

/** The innermost line of the program, or of a library where there is none; null where the error has no stack. */
export function siteOfError(error: unknown): Site | null {
  let inLibrary: Site | null = null;
  for (const line of stackOf(error).split('\n', framesRead)) {
    const site = parse(line);
    if (site === null || site.file.startsWith('node:') || isOwnFile(site.file)) continue;
    if (!site.file.includes('node_modules')) return site;
    inLibrary ??= site;
  }
  return inLibrary;
}

function stackOf(error: unknown): string {
  try {
    return error instanceof Error && typeof error.stack === 'string' ? error.stack : '';
  } catch {
    return ''; // a stack that throws is the program's own
  }
}

/** `    at load (file:///app.js:3:9)`, `    at async file:///app.js:3:9`. */
function parse(line: string): Site | null {
  const text = line.trim();
  if (!text.startsWith('at ')) return null;
  const open = text.lastIndexOf('(');
  const place = open === -1 ? text.slice(text.lastIndexOf(' ') + 1) : text.slice(open + 1, -1);
  const columnAt = place.lastIndexOf(':');
  const lineAt = place.lastIndexOf(':', columnAt - 1);
  const [lineNumber, column] = [Number(place.slice(lineAt + 1, columnAt)), Number(place.slice(columnAt + 1))];
  if (lineAt <= 0 || !(lineNumber > 0) || !(column > 0)) return null;
  const name = open === -1 ? '' : text.slice(text.startsWith('at async ') ? 9 : 3, open - 1);
  return { file: place.slice(0, lineAt), line: lineNumber, column, function: name, exact: true };
}
