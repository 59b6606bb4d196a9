// The Node processes that can be seen, as a table for people: one line each, never wider than asked for.
import { styleText } from 'node:util';
import type { ListedProcess } from '../report/processes.ts';
import type { TextOptions } from './text.ts';
import { cutRight, duration, plain, widthOf } from './wording.ts';

interface Column {
  readonly title: string;
  readonly right: boolean;
  readonly cell: (process: ListedProcess) => string;
}

const leastCommand = 16;
const longestCommand = 1000;

const columns: readonly Column[] = [
  { title: 'PID', right: true, cell: pidText },
  { title: 'USER', right: false, cell: ({ user }) => (user === null ? '' : cutRight(plain(user.name), 12)) },
  { title: 'NODE', right: false, cell: ({ node }) => node },
  { title: 'UP', right: true, cell: ({ uptimeMs }) => (uptimeMs === null ? '' : duration(uptimeMs)) },
  { title: 'CPU', right: true, cell: ({ busy }) => (busy === null ? '' : `${Math.round(busy * 100)} %`) },
  {
    title: 'MEMORY',
    right: true,
    cell: ({ residentBytes }) => (residentBytes === null ? '' : megabytes(residentBytes)),
  },
  {
    title: 'READ',
    right: false,
    cell: ({ refusal }) => (refusal === null ? 'yes' : cutRight(`no: ${refusal.brief}`, 20)),
  },
];

/** The table as lines of text, with a line break at the end. The user is shown where there are several. */
export function processTable(
  processes: readonly ListedProcess[],
  { width = 80, colour = false }: TextOptions = {},
): string {
  const severalUsers = new Set(processes.map(({ user }) => user?.id)).size > 1;
  const shown = columns.filter(({ title }) => title !== 'USER' || severalUsers);
  const rows = [shown.map(({ title }) => title), ...processes.map((process) => shown.map(({ cell }) => cell(process)))];
  const widths = shown.map((_, index) => Math.max(...rows.map((row) => widthOf(row[index] as string))));
  const left = Math.max(leastCommand, width - widths.reduce((sum, each) => sum + each + 1, 0));
  const lines = rows.map((row, index) => {
    const command = processes[index - 1]?.command;
    const cells = row.map((cell, at) => padded(cell, widths[at] as number, (shown[at] as Column).right));
    return [...cells, command === undefined ? 'COMMAND' : commandText(command, left)].join(' ').trimEnd();
  });
  const [header = '', ...rest] = lines;
  return `${[colour ? styleText('dim', header, { validateStream: false }) : header, ...rest].join('\n')}\n`;
}

/** Where there is little room, the name of a script says more than its folders. */
function commandText(command: string, width: number): string {
  const text = plain(command, longestCommand);
  return cutRight(widthOf(text) <= width ? text : text.replace(/^\/\S*\/(?=[^\s/])/, '…/'), width);
}

/** With its pid inside its container, where that is another one. */
function pidText({ pid, innerPid }: ListedProcess): string {
  return pid === innerPid ? String(pid) : `${pid} (${innerPid})`;
}

function megabytes(bytes: number): string {
  return bytes < 999.5e6 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

function padded(text: string, width: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return right ? space + text : text + space;
}
