// forgotten-task: a task that nobody awaits, and that the task which created it went on without.
import type { ForgottenEntry } from '../report/history.ts';
import { lineOf } from '../report/phrases.ts';
import { grouped, short } from './names.ts';
import type { Finding, Rule, RuleContext } from './rule.ts';

export const forgottenTask: Rule = {
  name: 'forgotten-task',
  summary: 'a task that nobody awaits outlived the one that began it',
  threshold: { value: 1, unit: 'tasks', of: 'how many of one name and line' },
  meaning:
    'A task created another one, did not await it, and ended before it: an await was forgotten. What it does comes too ' +
    'late for whoever relies on it, its result is thrown away, and an error of it is an unhandled rejection, which ends ' +
    'the process. That the caller went on is only seen when it is too late.',
  quiet:
    'Somebody awaits the task, even after its end, or looks at its result, or has added a done callback; it is in a task ' +
    'group; it ended before the task that created it; it was cancelled; a callback of a timer, a socket or an emitter ' +
    'created it, which nobody can await, as the handler of an HTTP request can. A plain promise that nobody awaits is not seen: `loopscope tree` shows who awaits whom.',
  fix:
    'Await it. If it is meant to run beside its creator, say who waits for it in the end: a TaskGroup, or run(), or a ' +
    'list that is awaited before the process ends; and handle its errors.',
  wrong: `async function checkout(order) {
  createTask(() => save(order), { name: 'save' });
  return 'saved';                        // it is not
}`,
  right: `async function checkout(order) {
  await createTask(() => save(order), { name: 'save' });
  return 'saved';
}`,
  check(context) {
    const { history } = context.report;
    if (history === undefined) return { unknown: 'what became of tasks was not followed' };
    return history.forgotten.entries
      .filter((entry) => entry.count >= context.threshold)
      .map((each) => find(each, context));
  },
};

function find(
  { kind, name, createdAt, createdBy, count: times, lastId }: ForgottenEntry,
  { report }: RuleContext,
): Finding {
  const where = createdAt === null ? '' : `, created at ${lineOf(createdAt, report.process.directory)},`;
  const what =
    times === 1 ? `${kind} ${short(name)}${where} was` : `${grouped(times)} ${kind}s ${short(name)}${where} were`;
  return {
    message:
      `${what} never awaited: ${short(createdBy)}, which created ${times === 1 ? 'it' : 'them'}, had ended before ` +
      `${times === 1 ? 'it did' : 'they did'}.`,
    advice: 'Await it; or create it in a TaskGroup that is awaited.',
    site: createdAt,
    task: { id: lastId, name },
    count: times,
    value: times,
  };
}
