// The asynchronous operations of a recording: where the time goes between the callbacks, as a table with two lines for each.
import type { Diagnosis, OperationRow } from '../report/diagnosis.ts';
import type { SiteEntry } from '../report/format.ts';
import { lineOf } from '../report/phrases.ts';
import { foldWords, type Paint } from './lines.ts';
import { cutLeft, cutRight, plain } from './wording.ts';

const longestName = 60;
const longestCurve = 32;
const heights = '▁▂▃▄▅▆▇█';

const columns = [
  ['COUNT', 9],
  ['WAIT EACH', 11],
  ['ON LOOP', 9],
  ['MEAN', 7],
  ['PEAK', 7],
  ['OPEN', 7],
] as const;
const widthOfNumbers = columns.reduce((sum, [, width]) => sum + width, 0);

/** The table with its title; no line where there were no operations. */
export function drawOperations({ operations, directory, followed }: Diagnosis, width: number, paint: Paint): string[] {
  if (operations.length === 0) return [];
  const cells = (texts: readonly string[]): string =>
    texts.map((text, at) => text.padStart(columns[at]?.[1] ?? 0)).join('');
  const curve = Math.min(longestCurve, width - widthOfNumbers - 2);
  return [
    '',
    paint('bold', 'ASYNCHRONOUS OPERATIONS  by the line that begins them'),
    ...foldWords(`  ${operationsExplained(followed)}`, width, '  '),
    paint('dim', `${cells(columns.map(([title]) => title))}  OVER TIME`),
    ...operations.flatMap((row) => [
      ...titleOf(row, directory, width),
      `${cells(numbersOf(row))}  ${sparkline(row.concurrency, curve)}`.trimEnd(),
    ]),
  ];
}

/** What the numbers are. */
export function operationsExplained(followed: Diagnosis['followed']): string {
  const of = 'Mean, peak and open: how many at a time, and at the end.';
  if (followed === null) return of;
  return `${of} They were followed for ${milliseconds(followed.ms)} of ${milliseconds(followed.ofMs)}: counts are estimates.`;
}

function titleOf({ name, at, parent }: OperationRow, directory: string, width: number): string[] {
  const place = (site: SiteEntry): string => cutLeft(plain(lineOf(site, directory), 500), width - 8);
  const what = `  ${plain(name, longestName)}${at === null ? '' : ` at ${place(at)}`}`;
  if (parent === null) return foldWords(what, width, '    ');
  const from =
    parent.at === null ? '' : parent.at.file === at?.file ? ` at line ${parent.at.line}` : ` at ${place(parent.at)}`;
  return foldWords(`${what}, from ${plain(parent.name, longestName)}${from}`, width, '    ');
}

function numbersOf({ count, waitMs, onLoopMs, mean, peak, open }: OperationRow): string[] {
  const number = (value: number): string => Math.round(value).toLocaleString('en-US');
  return [
    number(count),
    milliseconds(waitMs),
    onLoopMs === null ? '-' : milliseconds(onLoopMs),
    mean >= 100 ? number(mean) : mean.toFixed(1),
    number(peak),
    number(open),
  ].map((text, at) => cutRight(text, (columns[at]?.[1] ?? 0) - 1));
}

/** A curve of blocks, as high as its own highest point: `▁▁▅███`. Empty for a list of nothing but zeros. */
export function sparkline(values: readonly number[], longest: number): string {
  const most = Math.max(0, ...values);
  if (most === 0) return '';
  const length = Math.min(longest, values.length);
  const points = Array.from({ length }, (_, point) => {
    const from = Math.floor((point * values.length) / length);
    const to = Math.max(from + 1, Math.floor(((point + 1) * values.length) / length));
    return Math.max(...values.slice(from, to));
  });
  return points.map((value) => (value <= 0 ? '·' : heights[Math.ceil((value / most) * heights.length) - 1])).join('');
}

/** `2.6 ms`, `12 ms`, `1.2 s`. */
export function milliseconds(value: number): string {
  if (value >= 1000) return `${(value / 1000).toFixed(1)} s`;
  return `${value >= 10 ? Math.round(value) : value.toFixed(1)} ms`;
}
