// What is to be said about a report, one finding each: tasks that are pending where nothing should be, and the warnings of
// rules. What continuous integration gets is drawn from these.
import { basename } from 'node:path';
import type { Report, SiteEntry, TaskEntry, TestEntry, TestProblem } from '../report/format.ts';
import type { Warning } from '../report/warning.ts';
import { drawHandles } from './handle-lines.ts';
import {
  blockers,
  count,
  duration,
  holderPhrases,
  parkedWait,
  place,
  plain,
  progressPhrases,
  takerText,
  taskName,
  waitName,
  waitPhrase,
} from './wording.ts';

/** One thing to be said, about one or several equal tasks, or by a rule. */
export interface Finding {
  /** `leaked` of tasks that are pending at exit, `pending` of those when the program was stopped, or the name of a rule. */
  readonly rule: string;
  /** Whether a rule says it. */
  readonly isWarning: boolean;
  /** One line. */
  readonly title: string;
  /** What it is about, in a word or two that are the same in another run. */
  readonly label: string;
  /** Further lines, not indented. */
  readonly details: readonly string[];
  readonly site: SiteEntry | null;
  /** What it is about, the same in another run: no numbers, no ids, no lines. */
  readonly subject: string;
  /** Id of the first task that it is about; null where it is about none. */
  readonly task: number | null;
}

/** A report with all that is to be said about it. */
export interface Examined {
  readonly report: Report;
  readonly findings: readonly Finding[];
}

const longestSentence = 2000;
const longestLabel = 300;
const mostFindings = 500;

/** A report and its findings: warnings first, then what is pending. */
export function examine(report: Report): Examined {
  const ofTest = report.test === undefined ? [] : [findingOfTest(report.test, report)];
  const ofRules = (report.warnings ?? []).map(findingOfWarning);
  return { report, findings: [...ofTest, ...ofRules, ...pendingFindings(report)] };
}

const testRules: Readonly<Record<TestProblem, string>> = {
  leaked: 'leaked',
  'not exiting': 'leaked',
  'timed out': 'pending',
  unfinished: 'pending',
  blocked: 'blocked-loop',
};

const mostHandles = 15;

const testProblems: Readonly<Record<TestProblem, string>> = {
  leaked: 'left something pending',
  'not exiting': 'has ended, and something keeps the process alive',
  'timed out': 'timed out',
  unfinished: 'does not end',
  blocked: 'blocks the loop',
};

function findingOfTest(test: TestEntry, report: Report): Finding {
  const { directory } = report.process;
  const { problem, file, name, line, column, ranMs, timeoutMs } = test;
  const own = { file, line: line ?? 1, column: column ?? 1, function: '', exact: true };
  const path = place(own, directory).replace(/(:\d+){2}$/, '');
  const rule = testRules[problem];
  const who = name === null ? `the file ${path}` : `test ${plain(name, longestLabel)}`;
  return {
    rule,
    isWarning: false,
    title: `${who} ${testProblems[problem]} after ${duration(problem === 'timed out' ? (timeoutMs ?? ranMs) : ranMs)}`,
    details: [
      ...waitsOfTest(report),
      ...drawHandles(report, longestSentence, (_style, text) => text, { most: mostHandles, withAdvice: true }),
    ],
    site: (rule === 'leaked' ? leftAt(report) : null) ?? own,
    label: name === null ? 'the whole file' : plain(name, longestLabel),
    subject: [file, name, problem].join('\0'),
    task: null,
  };
}

/** Where the first of what is left open was made. */
function leftAt({ handles }: Report): SiteEntry | null {
  for (const { at, callback } of handles?.entries ?? []) if (at !== null || callback !== null) return at ?? callback;
  return null;
}

function* waitsOfTest(report: Report): Generator<string> {
  for (const task of report.tasks) if (isTest(task)) yield* waitDetails(task, report);
}

/** What stands for a test itself. */
function isTest({ kind }: TaskEntry): boolean {
  return kind === 'test';
}

function findingOfWarning({ rule, message, advice, site, task, resource }: Warning): Finding {
  const code = site === null ? '' : site.function || basename(site.file);
  return {
    rule,
    isWarning: true,
    title: plain(message, longestSentence),
    details: advice === '' ? [] : [plain(advice, longestSentence)],
    site,
    label: plain(resource?.name ?? task?.name ?? code, longestLabel),
    subject: [task?.name ?? '', resource?.name ?? '', code].join('\0'),
    task: task?.id ?? null,
  };
}

/** Equal tasks are one finding; there are none for a program that was asked while it ran. */
function pendingFindings(report: Report): Finding[] {
  const rule = pendingRule(report);
  if (rule === null) return [];
  const groups = Map.groupBy(report.tasks, (task) => {
    const { file = '', line = 0 } = task.createdAt ?? {};
    return [
      task.kind,
      task.name,
      file,
      line,
      ...task.waits.map(({ kind, on }) => `${kind} ${on?.kind} ${on?.name}`),
    ].join('\0');
  });
  // What is outside of all tasks waits for these, or is said when there is nothing else to say.
  const findings = [...groups.values()]
    .filter(([first]) => first !== undefined && !isTest(first) && (first.id !== 0 || groups.size === 1))
    .map((tasks) => pendingFinding(tasks, report, rule));
  const more = findings.slice(mostFindings);
  if (more.length === 0) return findings;
  const title = `… and ${count(more.length, 'more kind')} of pending tasks; the JSON has all`;
  const rest = { rule, isWarning: false, title, details: [], site: null, label: 'more', subject: 'more', task: null };
  return [...findings.slice(0, mostFindings), rest];
}

function pendingRule({ reason }: Report): 'leaked' | 'pending' | null {
  if (reason === 'signal' || reason === 'asked') return null;
  return reason === 'exit' || reason === 'test' ? 'leaked' : 'pending';
}

const moments: Readonly<Record<string, string>> = {
  exit: 'at exit',
  test: 'at the end of the test',
  interrupt: 'when interrupted',
  timeout: 'at the timeout',
  stuck: 'while the loop is stuck',
};

function pendingFinding(tasks: readonly TaskEntry[], report: Report, rule: 'leaked' | 'pending'): Finding {
  const [first] = tasks as readonly [TaskEntry];
  const kind = first.kind === 'task' ? '' : `${first.kind} `;
  const who =
    tasks.length === 1 ? `${kind}${taskName(first)} is` : `${count(tasks.length, first.kind)} ${plain(first.name)} are`;
  const [wait] = first.waits;
  const what =
    wait === undefined ? '' : `, ${tasks.length === 1 ? 'waits' : 'each waits'} for ${waitName(wait, first.progress)}`;
  return {
    rule,
    isWarning: false,
    title: `${who} pending ${moments[report.reason] ?? ''}${what}`,
    details: [...taskDetails(first, report)],
    label: plain(`${kind}${first.name}`, longestLabel),
    site: first.createdAt ?? first.waits.find(({ at }) => at !== null)?.at ?? null,
    subject: [first.kind, first.name].join('\0'),
    task: first.id,
  };
}

const mostWaits = 5;

/** Age, origin, what it waits for and who has that: a line each. */
function* taskDetails(task: TaskEntry, report: Report): Generator<string> {
  const { directory } = report.process;
  if (task.id !== 0) {
    const created = task.createdAt === null ? '' : `, created at ${place(task.createdAt, directory)}`;
    yield `pending for ${duration(task.ageMs)}${created}`;
  }
  if (task.progress !== null) yield progressPhrases(task.progress).filter(Boolean).join(', ');
  yield* waitDetails(task, report);
}

/** What it waits for and who has that. */
function* waitDetails(task: TaskEntry, { resources, process: { directory } }: Report): Generator<string> {
  for (const wait of task.waits.slice(0, mostWaits)) {
    const where = wait.at === null ? '' : ` at ${place(wait.at, directory)}`;
    yield `${waitPhrase(wait, task.progress)}, for ${duration(wait.forMs)}${where}`;
    const resource = wait.on?.type === 'resource' ? resources.find(({ id }) => id === wait.on?.id) : undefined;
    if (resource === undefined || blockers(wait, resource).length === 0) continue;
    if (resource.holders.length === 0) yield takerText(resource);
    for (const holder of resource.holders.slice(0, 3)) yield holderPhrases(holder, resource, directory).join(', ');
  }
  if (task.waits.length > mostWaits) yield `and for ${task.waits.length - mostWaits} more`;
  if (task.waits.length === 0 && task.parked !== null) yield parkedWait(task.parked, directory).join(' ');
}
