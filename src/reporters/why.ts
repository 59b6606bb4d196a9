// Why a process does not end, as text: what keeps it alive, and what to do about each.
import type { Report } from '../report/format.ts';
import { drawSuspended } from './await-tree.ts';
import { drawHandles, handleCount } from './handle-lines.ts';
import { foldWords, painter } from './lines.ts';
import { drawTable } from './table.ts';
import type { TextOptions } from './text.ts';
import { count, cutLeft, duration, plain } from './wording.ts';

const mostGroups = 40;
const mostTasks = 40;
const tasksTitle = 'TASKS  that nobody can end any more';
const suspendedTitle = 'SUSPENDED FUNCTIONS  they never go on; below each is what it awaited';

/** The list as lines of text, with a line break at the end. */
export function renderWhy(report: Report, { width = 80, colour = false }: TextOptions = {}): string {
  const {
    reason,
    process: { isDrained },
  } = report;
  if (reason === 'exit' && isDrained === true)
    return [ended(report), ...drawTasks(report, width, colour), ...drawFunctions(report, width, colour)].join('\n');
  const paint = painter(colour);
  const { pid, threadId, node, command, directory, uptimeMs } = report.process;
  const script = plain(command.startsWith(`${directory}/`) ? command.slice(directory.length + 1) : command, 200);
  const lines = drawHandles(report, width - 2, paint, { most: mostGroups, withAdvice: report.reason !== 'exit' });
  return [
    '',
    ...foldWords(`loopscope: ${headline(report)}`, width, '  ').map((line) => paint('bold', line)),
    paint('dim', `  ${cutLeft(script, width - 2)}`),
    paint('dim', `  pid ${pid}${threadId === 0 ? '' : `, thread ${threadId}`}, Node ${node}, up ${duration(uptimeMs)}`),
    '',
    ...lines.map((line) => `  ${line}`),
    '',
  ].join('\n');
}

function headline({ reason, handles, process: { threadId } }: Report): string {
  const who = threadId === 0 ? 'the process' : 'the worker thread';
  const number = handles === undefined ? 0 : handleCount(handles);
  if (number === 0) return `nothing is known that keeps ${who} alive`;
  if (reason === 'exit')
    return `process.exit() or an error ended it; ${count(number, 'thing')} would have kept it alive`;
  const idle = reason === 'idle' ? ', and nothing else happens' : '';
  return `${count(number, 'thing')} ${number === 1 ? 'keeps' : 'keep'} ${who} alive${idle}`;
}

function ended({ process: { pid, threadId, command, directory, uptimeMs, exitCode } }: Report): string {
  const script = plain(command.startsWith(`${directory}/`) ? command.slice(directory.length + 1) : command);
  const thread = threadId === 0 ? '' : `, thread ${threadId}`;
  const code = exitCode === null || exitCode === 0 ? '' : `, with code ${exitCode}`;
  return `loopscope: ${script} (pid ${pid}${thread}) ended by itself after ${duration(uptimeMs)}${code}: nothing kept it alive\n`;
}

/** What loopscope knows by name that was pending: a job whose callback was never called, a request, what waits for a lock. */
function drawTasks(report: Report, width: number, colour: boolean): string[] {
  const paint = painter(colour);
  const { lines, total } = drawTable(report, width - 2, mostTasks);
  if (total === 0) return [];
  const [head = '', ...rows] = lines;
  const more = total > mostTasks ? [paint('dim', `  … ${count(total - mostTasks, 'more line')}`)] : [];
  return [paint('bold', tasksTitle), paint('dim', `  ${head}`), ...rows.map((line) => `  ${line}`), ...more, ''];
}

/** Where its functions were: nobody is left who could let them go on. */
function drawFunctions({ awaits }: Report, width: number, colour: boolean): string[] {
  const lines = drawSuspended(awaits, suspendedTitle, { width, colour, most: mostGroups });
  return lines.length === 0 ? [] : [...lines.slice(1), ''];
}
