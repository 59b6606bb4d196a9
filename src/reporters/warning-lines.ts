// What the rules found, as lines of text.
import type { Report } from '../report/format.ts';
import { lineOf } from '../report/phrases.ts';
import type { Warning } from '../report/warning.ts';
import { foldWords, wrap, type Paint } from './lines.ts';
import { count, place, plain } from './wording.ts';

const mostWarnings = 50;
const longestMessage = 600;
const cutOff = 'task-outside-run';
const waitCycle = 'wait-cycle';

export const warningsTitle = 'WARNINGS  loopscope explain NAME says more';

/** Above the table of tasks. */
export function tasksTitle({ warnings = [] }: Report): string {
  const isCutOff = warnings.some(({ rule }) => rule === cutOff);
  return `TASKS${isCutOff ? `  cut off by process.exit(): finally blocks did not run (${cutOff})` : ''}`;
}

/** One or two lines for each; empty where there are none, or no rule has looked at the report. */
export function drawWarnings(report: Report, width: number, paint: Paint): string[] {
  const {
    warnings = [],
    process: { directory },
  } = report;
  const shown = warnings.filter((warning) => !isDrawnElsewhere(warning, report));
  const lines = shown.slice(0, mostWarnings).flatMap(({ rule, message, site }) => {
    const folded = foldWords(`${rule}: ${plain(message, longestMessage)}`, width, '  ');
    const isSaid = site === null || message.includes(lineOf(site, directory));
    const last = folded.pop() ?? '';
    folded.push(...wrap(isSaid ? [last] : [last, `at ${place(site, directory)}`], width, '', '  '));
    return folded.map((line, index) => (index === 0 ? `${paint('bold', rule)}${line.slice(rule.length)}` : line));
  });
  const more = shown.length - mostWarnings;
  return more > 0 ? [...lines, paint('dim', `… ${count(more, 'warning')} more; --format json has all`)] : lines;
}

/** A report draws wait cycles step by step, and of what is cut off the table of tasks has all but what it says itself. */
function isDrawnElsewhere({ rule, task }: Warning, { cycles }: Report): boolean {
  if (rule === cutOff) return true;
  return rule === waitCycle && cycles.some(({ steps }) => steps.some((step) => step.task === task?.id));
}
