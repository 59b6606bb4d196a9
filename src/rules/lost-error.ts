// lost-error: something failed, and nobody was told.
import type { LostErrorEntry } from '../report/history.ts';
import { count, lineOf } from '../report/phrases.ts';
import { short } from './names.ts';
import type { Finding, Rule, RuleContext } from './rule.ts';

const longestError = 200;

export const lostError: Rule = {
  name: 'lost-error',
  summary: 'something failed, and nobody handled its error',
  threshold: { value: 1, unit: 'errors', of: 'how many from one line' },
  meaning:
    'A task or a promise was rejected, and nothing in the program handles that: the work was not done, and what relies on ' +
    'it does not know. Node calls it an unhandled rejection, and ends the process for the first one, unless something ' +
    'listens for the event. A task that `wait` has waited for is not one of those for Node: its error is lost in silence.',
  quiet:
    'The error is awaited, caught, or asked for with `exception()`, even later; the task was cancelled; Node ends the ' +
    'process for a promise that is no task, and says so itself.',
  fix:
    'Await the task where its error can be dealt with, or create it in a TaskGroup, which hands the error on. Work in the ' +
    'background takes a .catch() that says what to do. After `wait`, look at each task that is done.',
  wrong: `createTask(() => sendMail(order), { name: 'mail' });`,
  right: `const mail = createTask(() => sendMail(order), { name: 'mail' });
mail.catch((error) => log.error({ order, error }, 'mail was not sent'));`,
  check(context) {
    const { history } = context.report;
    if (history === undefined) return { unknown: 'what became of tasks was not followed' };
    return history.lostErrors.entries
      .filter((each) => each.count >= context.threshold && !isSaid(each, context))
      .map((each) => find(each, context));
  },
};

/** Node ended the process for it, and has said so: only if it was a task is there more to say. */
function isSaid({ task, isFatal }: LostErrorEntry, { report }: RuleContext): boolean {
  return task === null && isFatal && report.reason === 'exit' && report.process.exitCode !== 0;
}

function find({ task, at, error, count: times, how, isFatal }: LostErrorEntry, { report }: RuleContext): Finding {
  const { directory, exitCode } = report.process;
  const site = at ?? task?.createdAt ?? null;
  const line = error.length > longestError ? `${error.slice(0, longestError)}…` : error;
  const made = at === null ? '' : ` at ${lineOf(at, directory)}`;
  const created = task === null || task.createdAt === null ? '' : `, created at ${lineOf(task.createdAt, directory)},`;
  const who = task === null ? 'A promise' : `${task.kind} ${short(task.name)}${created}`;
  const often = times === 1 ? '' : `, as ${count(times - 1, 'other')} did`;
  const why = how === 'unhandled' ? 'nobody handled it' : 'its end was waited for, but nobody asked for its error';
  const ended = isFatal && report.reason === 'exit' && exitCode !== 0 ? ': Node ended the process for it' : '';
  return {
    message: `${who} failed${made} with ${line}${often}, and ${why}${ended}.`,
    advice:
      task === null
        ? 'Await the promise, or give it a .catch().'
        : 'Await the task, or give it a .catch(), or use a TaskGroup.',
    site,
    task: task === null ? null : { id: task.lastId, name: task.name },
    count: times,
    value: times,
  };
}
