// Tables that are never wider than asked for: what is too long is cut in the widest columns first.
import { cutRight, widthOf } from './wording.ts';

export interface Column {
  readonly title: string;
  /** The narrowest it may get. */
  readonly least: number;
  readonly cut: (text: string, width: number) => string;
  readonly right?: boolean;
}

const wide = 98;

/** The line of titles, and one line for each row of cells. */
export function layOut(columns: readonly Column[], cells: readonly (readonly string[])[], width: number): string[] {
  const rows = [columns.map(({ title }) => title), ...cells];
  const gap = width < wide ? 1 : 2;
  const natural = columns.map((_, index) =>
    rows.reduce((widest, row) => Math.max(widest, widthOf(row[index] ?? '')), 0),
  );
  const widths = fit(columns, natural, width - gap * (columns.length - 1));
  return rows.map((row, place) =>
    row
      .map((cell, index) => pad(cell, widths[index] as number, columns[index] as Column, place === 0))
      .join(' '.repeat(gap))
      .trimEnd(),
  );
}

/** Takes columns off the widest until all fit. */
function fit(columns: readonly Column[], natural: readonly number[], width: number): number[] {
  const widths = [...natural];
  for (let excess = widths.reduce((sum, each) => sum + each, -width); excess > 0; excess--) {
    let widest = -1;
    for (const [index, each] of widths.entries()) {
      if (each > (columns[index] as Column).least && (widest < 0 || each > (widths[widest] as number))) widest = index;
    }
    if (widest < 0) break;
    widths[widest] = (widths[widest] as number) - 1;
  }
  return widths;
}

function pad(cell: string, width: number, { cut, right }: Column, isTitle: boolean): string {
  const text = isTitle ? cutRight(cell, width) : cut(cell, width);
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return right === true ? space + text : text + space;
}
