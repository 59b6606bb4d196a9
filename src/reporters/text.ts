// The report as text for people: what is stuck first, then the table, what is held, and the await tree.
import { functionsOfProgram } from '../report/awaits.ts';
import type { HolderEntry, Reason, Report, ResourceEntry, TaskEntry, TestEntry, WaitCycle } from '../report/format.ts';
import { answersTitle, drawAnswers } from './answer-lines.ts';
import { drawSuspended } from './await-tree.ts';
import { drawHandles } from './handle-lines.ts';
import { foldWords, painter, wrap, type Paint } from './lines.ts';
import { blockedPhrase, drawLoop } from './loop-lines.ts';
import { drawProfile } from './profile-lines.ts';
import { resourceFacts } from './resource-facts.ts';
import { drawTable } from './table.ts';
import { drawWarnings, tasksTitle, warningsTitle } from './warning-lines.ts';
import { drawTelemetry } from './telemetry-lines.ts';
import { testHeadline } from './test-lines.ts';
import { buildTree, type Node } from './tree.ts';
import {
  count,
  cutLeft,
  duration,
  holderPhrases,
  parkedPhrases,
  place,
  plain,
  taskName,
  waitPhrase,
} from './wording.ts';

export interface TextOptions {
  /** Columns of the terminal. Default 80. */
  readonly width?: number;
  /** Whether to use ANSI colours. Default false. */
  readonly colour?: boolean;
}

/** What the steps of cycles name. */
interface Known {
  readonly tasks: ReadonlyMap<number, TaskEntry>;
  readonly resources: ReadonlyMap<number, ResourceEntry>;
  readonly directory: string;
}

const longestSection = 200;
const handlesTitle = 'HANDLES  what keeps the process alive';
const mostHandles = 15;
const longestNote = 300;
const mostSuspended = 80;
const suspendedTitle = 'SUSPENDED FUNCTIONS  below each is what it awaits';
const mostCycles = 10;
const mostSteps = 20;

const moments: Readonly<Record<Reason, string>> = {
  exit: 'at exit',
  signal: 'now (SIGUSR2)',
  interrupt: 'when interrupted',
  timeout: 'at the timeout',
  stuck: 'while its loop is stuck',
  asked: 'now',
  idle: 'while it is idle',
  test: 'in a test',
};

/** The report as lines of text, with a line break at the end. */
export function renderText(report: Report, { width = 80, colour = false }: TextOptions = {}): string {
  const paint = painter(colour);
  const table = drawTable(report, width - 2, longestSection);
  const sections = [
    headline(report, width, paint),
    drawCycles(report, width, paint),
    section(warningsTitle, drawWarnings(report, width - 2, paint), paint),
    report.reason === 'test'
      ? []
      : section(tasksTitle(report), [paint('dim', table.lines[0] ?? ''), ...table.lines.slice(1)], paint, table.total),
    section('HELD AND QUEUED', drawResources(report, width - 2), paint),
    isOnlyTest(report) ? [] : section('AWAIT TREE  ─ awaits  ┄ created', drawTree(report, width - 2), paint),
    drawSuspended(report.awaits, suspendedTitle, { width, colour, most: mostSuspended }),
    section(handlesTitle, drawHandles(report, width - 2, paint, { most: mostHandles, withAdvice: false }), paint),
    section('LOOP', drawLoop(report, width - 2), paint),
    section(answersTitle, drawAnswers(report, width - 2), paint),
    section('PROFILE', drawProfile(report, width - 2), paint),
    section('SPANS', drawTelemetry(report, width - 2), paint),
    section('NOTES', drawNotes(report, width - 2), paint),
    losses(report),
  ];
  return `${sections.flat().join('\n')}\n`;
}

/** A test that has no task and waits for nothing of loopscope's: where its functions are suspended says it all. */
function isOnlyTest({ test, tasks, awaits }: Report): boolean {
  const isRead = awaits !== null && awaits.functions.length > 0;
  return test !== undefined && isRead && tasks.every(({ kind, waits }) => kind === 'test' && waits.length === 0);
}

function headline(report: Report, width: number, paint: Paint): string[] {
  if (report.test !== undefined && report.reason === 'test') return testHead(report, report.test, width, paint);
  const { pid, threadId, node, command, directory, uptimeMs, exitCode } = report.process;
  const thread = threadId === 0 ? '' : `, worker thread ${threadId}`;
  const script = cutLeft(
    plain(command.startsWith(`${directory}/`) ? command.slice(directory.length + 1) : command, 200),
    width - 12,
  );
  const code = exitCode === null ? '' : ` with code ${exitCode}`;
  const pending = report.tasks.filter(({ id }) => id !== 0).length;
  const blocked = blockedPhrase(report.loop);
  const warnings = report.warnings?.length ?? 0;
  const parts = [pending > 0 ? count(pending, 'task') : noTask(report)];
  if (report.cycles.length > 0) parts.push(count(report.cycles.length, 'wait cycle'));
  if (blocked !== null) parts.push(`loop ${blocked}`);
  const isOver = report.tasks.length === 0 && (blocked !== null || warnings > 0 || report.answers !== undefined);
  if (isOver && warnings > 0) parts.push(count(warnings, 'warning'));
  const what = isOver ? '' : 'pending ';
  const title = `loopscope: ${what}${moments[report.reason]}${code}: ${parts.join(', ')}`;
  return [
    '',
    ...foldWords(title, width, '  ').map((line) => paint('bold', line)),
    paint('dim', `  ${script}`),
    paint('dim', `  pid ${pid}${thread}, Node ${node}, up ${duration(uptimeMs)}`),
  ];
}

function testHead(report: Report, test: TestEntry, width: number, paint: Paint): string[] {
  const { pid, threadId, node } = report.process;
  const { title, at } = testHeadline(report, test);
  const thread = threadId === 0 ? '' : `, worker thread ${threadId}`;
  return [
    '',
    ...foldWords(title, width, '  ').map((line) => paint('bold', line)),
    paint('dim', `  ${at}`),
    paint('dim', `  pid ${pid}${thread}, Node ${node}`),
  ];
}

function noTask({ tasks, loop, warnings, answers, awaits }: Report): string {
  if (tasks.length > 0) return 'no task, but something waits outside of all tasks';
  const suspended = awaits == null ? 0 : functionsOfProgram(awaits).length;
  if (suspended > 0) return count(suspended, 'suspended function');
  const isOver = blockedPhrase(loop) !== null || (warnings?.length ?? 0) > 0 || answers !== undefined;
  return isOver ? 'nothing pending' : 'nothing that loopscope knows of';
}

function drawCycles(report: Report, width: number, paint: Paint): string[] {
  const { tasks, resources, cycles } = report;
  const known = {
    tasks: new Map(tasks.map((task) => [task.id, task])),
    resources: new Map(resources.map((resource) => [resource.id, resource])),
    directory: report.process.directory,
  };
  const lines = cycles.slice(0, mostCycles).flatMap((cycle, index) => drawCycle(cycle, index + 1, known, width, paint));
  return lines.concat(cycles.length > mostCycles ? ['', more(cycles.length - mostCycles, 'wait cycle', paint)] : []);
}

function more(number: number, noun: string, paint: Paint): string {
  return paint('dim', `  … ${number} more ${noun}${number === 1 ? '' : 's'}; --format json has all`);
}

function drawCycle({ steps }: WaitCycle, number: number, known: Known, width: number, paint: Paint): string[] {
  const { tasks, resources, directory } = known;
  const who = steps.length === 1 ? 'a task waits for itself' : `${steps.length} tasks wait for each other`;
  const lines = ['', paint('red', paint('bold', `WAIT CYCLE ${number}: ${who}, and none can go on`))];
  for (const [index, { task: id, waitsFor }] of steps.slice(0, mostSteps).entries()) {
    const task = tasks.get(id);
    if (task === undefined) continue;
    lines.push(`  ${paint('bold', taskName(task))}`);
    const previous = steps[(index + steps.length - 1) % steps.length]?.waitsFor;
    const held = previous?.type === 'resource' ? resources.get(previous.id) : undefined;
    const hold = held?.holders.find((holder) => holder.task.id === id);
    if (held !== undefined && hold !== undefined) {
      const where = hold.at === null ? [] : [`taken at ${place(hold.at, directory)}`];
      lines.push(...wrap([...holds(held, hold), duration(hold.forMs), ...where], width, '    ', '    '));
    }
    if (held?.line !== undefined && hold === undefined) {
      const before = tasks.get(steps[(index + steps.length - 1) % steps.length]?.task ?? 0);
      const whom = before === undefined ? [] : [`before ${taskName(before)}`];
      lines.push(...wrap([`in line   ${held.kind} ${plain(held.name)}`, ...whom], width, '    ', '    '));
    }
    const wait = task.waits.find(({ on }) => on?.type === waitsFor.type && on.id === waitsFor.id);
    if (wait === undefined) continue;
    const where = wait.at === null ? [] : [`at ${place(wait.at, directory)}`];
    lines.push(...wrap([waitPhrase(wait, null), duration(wait.forMs), ...where], width, '    ', '    '));
  }
  if (steps.length > mostSteps) lines.push(more(steps.length - mostSteps, 'task', paint));
  return lines;
}

function holds({ kind, name }: ResourceEntry, { mode }: HolderEntry): string[] {
  const phrase = `holds     ${kind} ${plain(name)}`;
  return mode === undefined ? [phrase] : [phrase, mode === 'read' ? 'for reading' : 'for writing'];
}

function drawResources({ tasks, resources, process: { directory } }: Report, width: number): string[] {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  return resources.flatMap((resource) => {
    const taker = resource.holders.length === 0 ? resource.lastTaker : null;
    const title = [`${resource.kind} ${plain(resource.name)}`, ...resourceFacts(resource)];
    if (taker !== null) title.push(...parkedPhrases(byId.get(taker.id), directory));
    if (resource.createdAt !== null) title.push(`created at ${place(resource.createdAt, directory)}`);
    const holders = resource.holders
      .slice(0, 10)
      .map((holder) =>
        holderPhrases(holder, resource, directory).concat(parkedPhrases(byId.get(holder.task.id), directory)),
      );
    if (resource.holders.length > 10) holders.push([`and by ${resource.holders.length - 10} more`]);
    return [...wrap(title, width, '', '  '), ...holders.flatMap((holder) => wrap(holder, width, '  ', '    '))];
  });
}

function drawTree(report: Report, width: number): string[] {
  const lines: string[] = [];
  const draw = ({ lines: own, branches, times }: Node, first: string, rest: string): void => {
    for (const [index, phrases] of own.entries()) {
      const [title = '', ...others] = phrases;
      const named = index === 0 && times > 1 ? `${times} × ${title}` : title;
      const below = `${rest}${branches.length > 0 ? '│  ' : '   '}`;
      lines.push(...wrap([named, ...others], width, index === 0 ? first : below, below));
    }
    for (const [index, branch] of branches.entries()) {
      const last = index === branches.length - 1;
      const edge = branch.onlyCreated === true ? '┄ ' : '─ ';
      draw(branch, `${rest}${last ? '└' : '├'}${edge}`, `${rest}${last ? '   ' : '│  '}`);
    }
  };
  for (const root of buildTree(report)) draw(root, '', '');
  return lines;
}

function section(title: string, lines: readonly string[], paint: Paint, total: number = lines.length): string[] {
  if (total === 0) return [];
  const shown = lines.slice(0, longestSection).map((line) => `  ${line}`);
  if (total > longestSection) shown.push(more(total - longestSection, 'line', paint));
  return ['', paint('bold', title), ...shown];
}

function drawNotes({ notes = [] }: Report, width: number): string[] {
  return notes.flatMap((note) => foldWords(plain(note, longestNote), width, '  '));
}

function losses({ dropped }: Report): string[] {
  const lost: string[] = [];
  if (dropped.tasks > 0) lost.push(count(dropped.tasks, 'task'));
  if (dropped.resources > 0) lost.push(count(dropped.resources, 'resource'));
  if (lost.length === 0) return [];
  return ['', `not shown: ${lost.join(' and ')} beyond the limits of a report`];
}
