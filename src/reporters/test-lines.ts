// The head of a report of one test: what is wrong with it, and which it is.
import type { Report, TestEntry, TestProblem } from '../report/format.ts';
import { handleCount } from './handle-lines.ts';
import { count, duration, place, plain } from './wording.ts';

const longestName = 300;

/** What is wrong with a test, in a few words. */
const problemPhrases: Readonly<Record<TestProblem, (test: TestEntry) => string>> = {
  'timed out': ({ timeoutMs, ranMs }) => `timed out after ${duration(timeoutMs ?? ranMs)}`,
  unfinished: ({ ranMs }) => `has not ended after ${duration(ranMs)}`,
  blocked: ({ ranMs }) => `blocks the event loop, after ${duration(ranMs)}`,
  leaked: () => 'left something behind',
  'not exiting': () => 'all tests are over, and the process does not end',
};

/** Title and place of the test of a report. */
export function testHeadline(report: Report, test: TestEntry): { readonly title: string; readonly at: string } {
  const { file, name, line, column, runner, problem } = test;
  const { directory } = report.process;
  const who = name === null ? '' : `${plain(name, longestName)} · `;
  const site = { file, line: line ?? 0, column: column ?? 0, function: '', exact: true };
  const where = place(site, directory);
  return {
    title: `loopscope: ${who}${problemPhrases[problem](test)}${leftovers(report)}`,
    at: `${runner} · ${line === null ? where.replace(/(:0)+$/, '') : where}`,
  };
}

/** `: 2 tasks, 1 lock held, 3 handles`, of a test that is over. */
function leftovers({ test, tasks, resources, handles }: Report): string {
  if (test?.problem !== 'leaked' && test?.problem !== 'not exiting') return '';
  const open = handles === undefined ? 0 : handleCount(handles);
  const pending = tasks.filter(({ kind, id }) => kind !== 'test' && id !== 0).length;
  const held = resources.filter(({ holders }) => holders.length > 0).length;
  const parts = [
    ...(pending === 0 ? [] : [count(pending, 'task')]),
    ...(held === 0 ? [] : [`${count(held, 'resource')} held`]),
    ...(open === 0 ? [] : [count(open, 'handle')]),
  ];
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
}
