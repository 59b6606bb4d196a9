// What a process awaits as a table for people: what most of it waits for, and one row for all functions that wait alike.
import type { AwaitFilter } from '../report/await-filter.ts';
import { awaitRows, type AwaitRow, type RowWaits } from '../report/await-rows.ts';
import { awaitTotals, type AwaitTotals } from '../report/await-totals.ts';
import { viewAwaits } from '../report/await-view.ts';
import type { AwaitWatch, Seen } from '../report/await-watch.ts';
import type { AwaitReport } from '../report/awaits.ts';
import type { SiteEntry } from '../report/format.ts';
import { drawCycles } from './await-circles.ts';
import { drawFoot, drawHead } from './await-frame.ts';
import { leafLines } from './await-leaf.ts';
import {
  amount,
  amountOf,
  combinatorText,
  functionName,
  settlerSteps,
  tasksText,
  threadsText,
} from './await-wording.ts';
import { layOut, type Column } from './columns.ts';
import { foldWords, painter, wrap, type Paint } from './lines.ts';
import type { TextOptions } from './text.ts';
import { cutLeft, cutRight, duration, leafText, place, shortPlace } from './wording.ts';

export interface AwaitTableOptions extends TextOptions {
  readonly filter?: AwaitFilter | undefined;
  /** What earlier looks have shown, this one included. */
  readonly watch?: AwaitWatch | undefined;
  /** How many rows are drawn. Default 200. */
  readonly most?: number | undefined;
}

/** A column, and what stands in it. */
interface Filled extends Column {
  readonly cell: (row: AwaitRow) => string;
}

const mostLeaves = 5;
// From here on there is room for the paths of files.
const wide = 110;
const neverCut = 20;
// An IPv4 address with its port says what is down: `socket 127.0.0.1:5432`.
const addressWidth = 21;
/** The table as lines of text, with a line break at the end. */
export function awaitTable(report: AwaitReport, options: AwaitTableOptions = {}): string {
  const { width = 80, colour = false, filter, watch } = options;
  const paint = painter(colour);
  const view = viewAwaits(report, { filter });
  const totals = awaitTotals(view);
  const rows = sortSeen(awaitRows(report, view, watch === undefined ? 'look' : 'below'), watch);
  const sections = [
    drawHead(report, totals, width, paint),
    drawCycles(view, report, width, paint),
    drawLeaves(totals, report.reading.settlers, width, paint),
    drawRows(rows, report, options, paint),
    drawWatch(watch, width),
    drawFoot(report, totals, width),
  ];
  return `${sections.flat().join('\n')}\n`;
}

/** What stays longest first, if there were several looks. */
function sortSeen(rows: readonly AwaitRow[], watch: AwaitWatch | undefined): readonly AwaitRow[] {
  if (watch === undefined) return rows;
  const looks = ({ key }: AwaitRow): number => watch.seen.get(key)?.looks ?? 0;
  return rows.toSorted((a, b) => looks(b) - looks(a));
}

function drawLeaves({ leaves }: AwaitTotals, settlers: boolean, width: number, paint: Paint): string[] {
  if (leaves.length === 0) return [];
  const shown = leaves.slice(0, mostLeaves).map(({ leaf, count }) => ({ leaf, times: `${amount(count)} × ` }));
  const indent = Math.max(...shown.map(({ times }) => times.length)) + 2;
  const lines = shown.flatMap(({ leaf, times }) =>
    leafLines(leaf, width - indent, paint, settlers).map(
      (line, index) => `${(index === 0 ? times : '').padStart(indent)}${line}`,
    ),
  );
  if (leaves.length > mostLeaves) lines.push(paint('dim', `  … ${amount(leaves.length - mostLeaves)} more`));
  return ['', paint('bold', 'WAITED FOR  in the end, and by how many functions'), ...lines];
}

function drawRows(
  rows: readonly AwaitRow[],
  report: AwaitReport,
  { width = 80, watch, most = 200 }: AwaitTableOptions,
  paint: Paint,
): string[] {
  if (rows.length === 0) return [];
  const shown = rows.slice(0, most);
  const columns = columnsOf(report, width, watch);
  const cells = shown.map((row) => columns.map(({ cell }) => cell(row)));
  const [titles = '', ...lines] = layOut(columns, cells, width - 2);
  const table = lines.flatMap((line, index) => [line].concat(moreOf(shown[index] as AwaitRow, width - 2, paint)));
  if (rows.length > most) table.push(paint('dim', `… ${amountOf(rows.length - most, 'row')} more; --json has all`));
  return ['', paint('bold', 'SUSPENDED FUNCTIONS'), ...[paint('dim', titles), ...table].map((line) => `  ${line}`)];
}

function columnsOf(report: AwaitReport, width: number, watch: AwaitWatch | undefined): Filled[] {
  const site = (at: SiteEntry): string => (width < wide ? shortPlace(at) : place(at, report.process.directory));
  return [
    { title: 'COUNT', least: neverCut, cut: cutRight, right: true, cell: (row) => amount(row.count) },
    ...(watch === undefined || watch.looks === 1 ? [] : watchColumns(watch)),
    { title: 'FUNCTION', least: 9, cut: cutRight, cell: functionName },
    { title: 'AWAIT SITE', least: 9, cut: cutLeft, cell: (row) => siteCell(row, site) },
    { title: 'WAITS FOR', least: addressWidth, cut: cutRight, cell: ({ waitsFor }) => waitsText(waitsFor) },
    { title: 'SETTLED BY', least: 8, cut: cutRight, cell: settlerCell },
    // Beside what a watch adds there is no room for them.
    ...(watch === undefined || width >= wide ? [{ title: 'ROOTS', least: 5, cut: cutRight, cell: rootsCell }] : []),
  ];
}

/** What only some rows have, on a line of its own below the row. */
function moreOf({ tasks, inTasks, threads }: AwaitRow, width: number, paint: Paint): string[] {
  const facts = [tasksText(tasks, inTasks), threadsText(threads)].filter((fact) => fact !== '');
  if (facts.length === 0) return [];
  const short = facts.map((fact) => cutRight(fact, width - 6));
  return wrap(short, width, '      ', '      ').map((line) => paint('dim', line));
}

function watchColumns({ seen, looks }: AwaitWatch): Filled[] {
  const least = ({ key }: AwaitRow): string => amount(seen.get(key)?.least ?? 0);
  const times = ({ key }: AwaitRow): string => seenText(seen.get(key), looks);
  return [
    { title: 'LEAST', least: neverCut, cut: cutRight, right: true, cell: least },
    { title: 'SEEN', least: neverCut, cut: cutRight, right: true, cell: times },
  ];
}

function seenText(seen: Seen | undefined, looks: number): string {
  if (seen === undefined || (seen.looks === 1 && looks > 1)) return 'new';
  return `${seen.looks}/${looks} ${duration(seen.forMs)}`;
}

function siteCell({ at, definedAt }: AwaitRow, site: (at: SiteEntry) => string): string {
  if (at !== null) return site(at);
  return definedAt === null ? '' : site({ ...definedAt, exact: false });
}

function settlerCell({ waitsFor: { leaves } }: AwaitRow): string {
  return list(leaves.map((leaf) => settlerSteps(leaf).join(' → ')));
}

function rootsCell({ roots, moreRoots }: AwaitRow): string {
  if (roots.length === 0) return '(itself)';
  return `${roots.map(({ name, kind }) => (kind === null ? name : functionName({ name, kind }))).join(', ')}${moreRoots ? ', …' : ''}`;
}

/** Down to the leaf: `Promise.all, 2 of 3 pending: timer, 3.1 s left`. */
function waitsText({ combinator, leaves, more, cycle }: RowWaits): string {
  const ends = [
    ...(cycle === null ? [] : [cycle === 'itself' ? 'itself (await cycle)' : 'an await cycle']),
    ...leaves.map(leafText),
    ...(more ? ['…'] : []),
  ];
  const end = list(ends);
  if (combinator === null) return end;
  return end === '' ? combinatorText(combinator) : `${combinatorText(combinator)}: ${end}`;
}

function list(texts: readonly string[]): string {
  return [...new Set(texts)].join('; ');
}

function drawWatch(watch: AwaitWatch | undefined, width: number): string[] {
  if (watch === undefined) return [];
  if (watch.looks === 1) return ['', 'look 1; what stays is told from the second on'];
  const meaning =
    'SEEN: in how many looks in a row, and for how long. LEAST: at least as many were there in each of them, stuck or always others at the same place.';
  const passed = duration(watch.lastAt - watch.firstAt);
  return ['', ...foldWords(`look ${watch.looks}, ${passed} after the first. ${meaning}`, width, '')];
}
