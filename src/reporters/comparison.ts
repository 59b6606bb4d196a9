// What differs between two runs, as text and as Markdown.
import type { Change, ComparedKind, Comparison } from '../report/compare.ts';
import { layOut, type Column } from './columns.ts';
import { foldWords, painter } from './lines.ts';
import { code } from './markdown.ts';
import type { TextOptions } from './text.ts';
import { count, cutLeft, cutRight, duration, place, plain } from './wording.ts';

const mostOfChange = 100;
const longestName = 120;

/** In which order, and what each means. */
const headings = [
  ['new', 'NEW  not there before'],
  ['worse', 'WORSE  more, longer or deeper than before'],
  ['better', 'BETTER  less than before'],
  ['gone', 'GONE  there before, and not any more'],
] as const satisfies readonly (readonly [Change['change'], string])[];

const columns: readonly Column[] = [
  { title: 'KIND', least: 8, cut: cutRight },
  { title: 'WHAT', least: 16, cut: cutRight },
  { title: 'BEFORE', least: 6, cut: cutRight, right: true },
  { title: 'AFTER', least: 6, cut: cutRight, right: true },
  { title: 'WHERE', least: 12, cut: cutLeft },
];

/** `2 new, 1 worse`, or that nothing differs. */
export function comparisonSummary({ changes, same }: Comparison): string {
  const rest = same === 0 ? '' : `, ${same} the same`;
  if (changes.length === 0) return `nothing is new, gone, worse or better${rest}`;
  const parts = headings.map(([change]) => [changes.filter((each) => each.change === change).length, change] as const);
  return `${parts.flatMap(([number, change]) => (number === 0 ? [] : `${number} ${change}`)).join(', ')}${rest}`;
}

/** The comparison as lines of text, with a line break at the end. */
export function renderComparison(comparison: Comparison, { width = 80, colour = false }: TextOptions = {}): string {
  const paint = painter(colour);
  const lines = foldWords(`loopscope: ${comparisonSummary(comparison)}`, width, '  ').map((line) =>
    paint('bold', line),
  );
  for (const [change, heading] of headings) {
    const changes = comparison.changes.filter((each) => each.change === change);
    if (changes.length === 0) continue;
    const shown = changes.slice(0, mostOfChange);
    const [titles = '', ...rows] = layOut(columns, shown.map(cellsOf), width - 2);
    lines.push(
      '',
      paint(change === 'new' || change === 'worse' ? 'red' : 'bold', heading),
      `  ${paint('dim', titles)}`,
    );
    for (const [index, row] of rows.entries()) {
      lines.push(`  ${row}`);
      const { message } = shown[index] as Change;
      if (message !== null && change !== 'gone') lines.push(...foldWords(`    ${plain(message, 1000)}`, width, '    '));
    }
    if (changes.length > shown.length)
      lines.push(`  … ${count(changes.length - shown.length, 'more change')}; the JSON has all`);
  }
  return `${lines.join('\n')}\n`;
}

/** The same for GitHub. */
export function renderComparisonMarkdown(comparison: Comparison): string {
  const parts = [`## loopscope: ${comparisonSummary(comparison)}\n`];
  for (const [change, heading] of headings) {
    const changes = comparison.changes.filter((each) => each.change === change);
    if (changes.length === 0) continue;
    const rows = changes.slice(0, mostOfChange).map((each) => {
      const [kind, , before, after] = cellsOf(each);
      const where = each.site === null ? '' : code(place(each.site, each.directory));
      const message = each.message === null ? '' : `<br>${code(each.message)}`;
      return `| ${kind} | ${code(each.name)}${message} | ${before} | ${after} | ${where} |\n`;
    });
    const more = changes.length - rows.length;
    parts.push(
      `### ${heading.replace('  ', ': ').toLowerCase()}\n\n| | what | before | after | where |\n| --- | --- | ---: | ---: | --- |\n${rows.join('')}${more > 0 ? `\n… and ${count(more, 'more change')}\n` : ''}`,
    );
  }
  return parts.join('\n');
}

function cellsOf({ kind, name, site, directory, before, after, unit }: Change): string[] {
  const amount = (value: number | null): string => (value === null ? '-' : amountOf(value, unit));
  const where = site === null ? '' : place(site, directory);
  return [singular[kind], plain(name, longestName), amount(before), amount(after), where];
}

function amountOf(value: number, unit: Change['unit']): string {
  if (unit === 'ms') return value > 0 && value < 10 ? `${Number(value.toFixed(2))} ms` : duration(value);
  if (unit === 'count' || unit === 'items') return String(value);
  const rounded = Number(value.toFixed(value < 10 ? 1 : 0)).toLocaleString('en-US');
  return unit === '/s' ? rounded : `${rounded} ${unit}`;
}

const singular: Readonly<Record<ComparedKind, string>> = {
  warnings: 'warning',
  cycles: 'cycle',
  tasks: 'task',
  holds: 'hold',
  queues: 'queue',
  blocks: 'block',
  findings: 'finding',
  requests: 'request',
  processor: 'processor',
  loop: 'loop',
  gc: 'gc',
  memory: 'memory',
  operations: 'operation',
};
