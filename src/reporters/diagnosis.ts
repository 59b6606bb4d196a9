// A diagnosis as text: the verdict, what shows it, what to do; then what else was found, and where the time went.
import type { Diagnosis, FoundIn } from '../report/diagnosis.ts';
import { foldWords, painter, type Paint } from './lines.ts';
import { drawOperations } from './operation-lines.ts';
import type { TextOptions } from './text.ts';
import { plain } from './wording.ts';

const defaultWidth = 80;

/** The diagnosis, with a line break at its end. */
export function drawDiagnosis(diagnosis: Diagnosis, options: TextOptions = {}): string {
  const { width = defaultWidth, colour = false } = options;
  const paint = painter(colour);
  const { findings, figures, notes } = diagnosis;
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
    ...drawOperations(diagnosis, width, paint),
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
    ...threadsSentence(threads).flatMap((sentence) => fold(sentence, indent)),
    ...fold(`→ ${advice}`, indent),
  ];
}

/** Where it is, if that is not one main thread: the line says in which program. */
function threadsSentence(threads: FoundIn['threads']): string[] {
  const [first] = threads;
  if (threads.length > 1) return [`So it is in ${threads.length} threads or processes.`];
  return first === undefined || first.threadId === 0
    ? []
    : [`That is the loop of worker thread ${first.threadId} of pid ${first.pid}.`];
}
