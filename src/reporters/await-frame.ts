// What stands above and below a table or tree of what a process awaits: which process, how it was read, and what is missing.
import type { AwaitTotals } from '../report/await-totals.ts';
import type { AwaitReport } from '../report/awaits.ts';
import { amount, amountOf, readingPhrases } from './await-wording.ts';
import { foldWords, wrap, type Paint } from './lines.ts';
import { cutLeft, cutRight, duration, plain } from './wording.ts';

const longestNote = 1000;

/** An empty line, what is most important, and whose it is. */
export function drawHead(report: AwaitReport, totals: AwaitTotals, width: number, paint: Paint): string[] {
  const { pid, command, directory, node, uptimeMs } = report.process;
  const script = plain(command.startsWith(`${directory}/`) ? command.slice(directory.length + 1) : command, 200);
  const facts = [`pid ${pid}`, `Node ${node === '' ? 'of unknown version' : plain(node)}`];
  if (uptimeMs !== null) facts.push(`up ${duration(uptimeMs)}`);
  return [
    '',
    ...headline(totals, width, paint),
    paint('dim', `  ${cutLeft(script, width - 2)}`),
    paint('dim', `  ${cutRight(facts.join(', '), width - 2)}`),
    ...wrap(readingPhrases(report.reading), width, '  ', '  ').map((line) => paint('dim', line)),
  ];
}

function headline({ functions, chains, cycles, lost }: AwaitTotals, width: number, paint: Paint): string[] {
  if (functions === 0) return [paint('bold', 'loopscope: nothing is pending: no function is suspended at an await')];
  const title = `loopscope: ${amountOf(functions, 'suspended function')} in ${amountOf(chains, 'chain')}`;
  const alarms: string[] = [];
  if (cycles > 0) alarms.push(amountOf(cycles, 'await cycle'));
  if (lost > 0) alarms.push(`${amount(lost)} can never go on`);
  return wrap([paint('bold', title), ...alarms.map((alarm) => paint('red', paint('bold', alarm)))], width, '', '  ');
}

/** What is not shown, and why; what could not be read. */
export function drawFoot(report: AwaitReport, totals: AwaitTotals, width: number): string[] {
  const { functions, matching, hidden } = totals;
  const sentences: string[] = [];
  if (functions > matching + hidden) {
    sentences.push(`${amount(matching)} of ${amountOf(functions, 'function')} match what was asked for.`);
  }
  if (hidden > 0) {
    const verb = hidden === 1 ? 'is' : 'are';
    sentences.push(
      `${amountOf(hidden, 'function')} of Node above the program's own ${verb} not shown; --all-frames shows them.`,
    );
  }
  if (functions > 0 && !report.reading.settlers) sentences.push('Who could settle the leaves was not looked for.');
  sentences.push(...report.notes.map((note) => plain(note, longestNote)));
  return sentences.length === 0 ? [] : ['', ...sentences.flatMap((sentence) => foldWords(sentence, width, ''))];
}
