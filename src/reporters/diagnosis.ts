// A diagnosis as text: the verdict, what shows it, what to do; then what else was found, and where the time went.
import type { Diagnosis, FoundIn, OperationRow } from '../report/diagnosis.ts';
import { lineOf } from '../report/phrases.ts';
import { foldWords, painter, type Paint } from './lines.ts';
import type { TextOptions } from './text.ts';
import { cutLeft, cutRight, plain } from './wording.ts';

const defaultWidth = 80;

/** The diagnosis, with a line break at its end. */
export function drawDiagnosis(diagnosis: Diagnosis, options: TextOptions = {}): string {
  const { width = defaultWidth, colour = false } = options;
  const paint = painter(colour);
  const { findings, figures, operations, notes } = diagnosis;
  const fold = (text: string, indent: string): string[] => foldWords(`${indent}${plain(text, 2000)}`, width, indent);
  const [worst, ...others] = findings;
  // For a program that reads it the first line is the verdict, however long.
  const verdict = options.width === undefined ? [plain(diagnosis.sentence, 2000)] : fold(diagnosis.sentence, '');
  const lines = [
    ...verdict.map((line) => paint(diagnosis.verdict === 'ill' ? 'red' : 'bold', line)),
    ...(worst === undefined ? [] : bodyOf(worst, fold)),
    '',
    ...fold(figures.length === 0 ? diagnosis.command : `${diagnosis.command}: ${headline(figures)}`, '  '),
    ...(figures.length > 1 ? figures.flatMap((figure) => fold(figure, '    ')) : []),
    ...others.flatMap((finding, index) => drawOther(finding, index, fold, paint)),
    ...drawOperations(operations, diagnosis.directory, width, paint),
    ...(notes.length === 0 ? [] : ['', paint('bold', 'NOTE'), ...notes.flatMap((note) => fold(note, '  '))]),
  ];
  return `${lines.join('\n')}\n`;
}

function headline(figures: readonly string[]): string {
  return figures.length === 1 ? (figures[0] as string) : `${figures.length} processes and threads`;
}

function drawOther(
  finding: FoundIn,
  index: number,
  fold: (text: string, indent: string) => string[],
  paint: Paint,
): string[] {
  const head = index === 0 ? ['', paint('bold', 'ALSO FOUND')] : [''];
  return [...head, ...fold(finding.verdict, '  '), ...bodyOf(finding, fold, '    ')];
}

function bodyOf(
  { evidence, advice, threads }: FoundIn,
  fold: (text: string, indent: string) => string[],
  indent = '  ',
): string[] {
  return [
    ...evidence.flatMap((sentence) => fold(sentence, indent)),
    ...(threads.length > 1 ? fold(`So it is in ${threads.length} threads or processes.`, indent) : []),
    ...fold(`→ ${advice}`, indent),
  ];
}

function drawOperations(rows: readonly OperationRow[], directory: string, width: number, paint: Paint): string[] {
  if (rows.length === 0) return [];
  const place = Math.max(16, width - 55);
  const head = [
    '  OPERATION      '.padEnd(17),
    'COUNT'.padStart(8),
    'WAIT EACH'.padStart(10),
    'ON LOOP'.padStart(9),
    'PEAK'.padStart(6),
    '  BEGUN AT',
  ];
  return [
    '',
    paint('bold', 'ASYNCHRONOUS OPERATIONS  by the line that begins them'),
    head.join(''),
    ...rows.map(({ name, at, count, waitMs, onLoopMs, peak }) =>
      [
        `  ${cutRight(plain(name), 14)}`.padEnd(17),
        count.toLocaleString('en-US').padStart(8),
        milliseconds(waitMs).padStart(10),
        milliseconds(onLoopMs).padStart(9),
        peak.toLocaleString('en-US').padStart(6),
        `  ${at === null ? '' : cutLeft(plain(lineOf(at, directory), 500), place)}`,
      ].join(''),
    ),
  ];
}

function milliseconds(value: number): string {
  if (value >= 1000) return `${(value / 1000).toFixed(1)} s`;
  return `${value >= 10 ? Math.round(value) : value.toFixed(1)} ms`;
}
