// Sites as the report has them, from what V8 says of a position.
import { fileURLToPath } from 'node:url';
import type { SiteEntry } from '../../report/format.ts';
import type { ReadOptions } from '../options.ts';

/** Makes a site of a position, counted from 1; null where V8 knows no line. */
export type MakeSite = (position: {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly name: string;
  readonly exact: boolean;
}) => SiteEntry | null;

export function siteOf({ mapSite = (site) => site }: ReadOptions): MakeSite {
  return ({ file, line, column, name, exact }) =>
    line === 0 ? null : mapSite({ file: pathOf(file), line, column, function: name, exact });
}

function pathOf(file: string): string {
  try {
    return file.startsWith('file:') ? fileURLToPath(file) : file;
  } catch {
    return file;
  }
}
