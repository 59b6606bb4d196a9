// task-outside-run: the program ended while tasks were pending that belong to no run(), and cut them off.
import type { TaskEntry } from '../report/format.ts';
import { lineOf } from '../report/phrases.ts';
import { isIdle } from './idle.ts';
import { grouped, nameOf, short } from './names.ts';
import type { Finding, Rule, RuleContext } from './rule.ts';

const mostNames = 5;

export const taskOutsideRun: Rule = {
  name: 'task-outside-run',
  summary: 'the program ended, and cut off tasks of no run()',
  threshold: { value: 1, unit: 'tasks', of: 'how many there are' },
  meaning:
    'The program ended by process.exit() with code 0 while tasks were pending that were created outside of run(). Nobody ' +
    'cancels those: their finally blocks did not run, and what they had begun is half done.',
  quiet:
    'The program uses run(), which cancels what is left and waits for it; it ended because nothing was left to do, or with ' +
    'another exit code; a signal ended it; the tasks wait for their next item or for time to pass, as workers do.',
  fix:
    'Run the program by run(main): when main returns, what is left is cancelled, cleans up, and then the process ends by ' +
    'itself. Or cancel the tasks and await them before you call process.exit().',
  wrong: `createTask(upload);
await serve();
process.exit();                          // in the middle of the upload`,
  right: `await run(async () => {
  const task = createTask(upload);
  await serve();
  await task;                            // or it is cancelled
});`,
  check(context) {
    const { reason, history, tasks } = context.report;
    const { exitCode, isDrained } = context.report.process;
    if (history === undefined) return { unknown: 'whether the program uses run() is not known' };
    if (reason !== 'exit' || exitCode !== 0 || isDrained === true || history.runs > 0) return [];
    const cut = tasks.filter(
      (task) => task.kind === 'task' && task.id !== 0 && task.createdBy === null && !isIdle(task),
    );
    return cut.length < Math.max(1, context.threshold) ? [] : [find(cut, context)];
  },
};

function find(cut: readonly TaskEntry[], { report }: RuleContext): Finding {
  const [first] = cut as [TaskEntry, ...TaskEntry[]];
  const { createdAt: site } = first;
  const where = site === null ? '' : `, created at ${lineOf(site, report.process.directory)},`;
  const names = [...new Set(cut.map(({ name }) => short(name)))];
  const listed = `${names.slice(0, mostNames).join(', ')}${names.length > mostNames ? ', …' : ''}`;
  const who = cut.length === 1 ? `${nameOf(first)}${where} was` : `${grouped(cut.length)} tasks (${listed}) were`;
  const [them, their] = cut.length === 1 ? ['it', 'its'] : ['them', 'their'];
  return {
    message:
      `${who} pending when the program ended by process.exit(): nobody cancelled ${them}, and ${their} finally blocks ` +
      'did not run.',
    advice: 'Run the program by run(main), which cancels what is left and waits for it.',
    site,
    task: first,
    count: cut.length,
    value: cut.length,
  };
}
