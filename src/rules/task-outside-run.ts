// task-outside-run: the program ended while tasks were pending that belong to no run(), and cut them off.
import type { TaskEntry } from '../report/format.ts';
import { lineOf } from '../report/phrases.ts';
import { nameOf, short } from './names.ts';
import type { Finding, Rule, RuleContext } from './rule.ts';

export const taskOutsideRun: Rule = {
  name: 'task-outside-run',
  summary: 'the program ended, and cut off tasks of no run()',
  threshold: { value: 1, unit: 'tasks', of: 'how many of one name and line' },
  meaning:
    'The program ended by process.exit() with code 0 while tasks were pending that were created outside of run(). Nobody ' +
    'cancels those: their finally blocks did not run, and what they had begun is half done.',
  quiet:
    'The program uses run(), which cancels what is left and waits for it; it ended because nothing was left to do, or with ' +
    'another exit code; a signal ended it.',
  fix:
    'Run the program by run(main): when main returns, what is left is cancelled, cleans up, and then the process ends by ' +
    'itself. Or cancel the tasks and await them before you call process.exit().',
  wrong: `createTask(heartbeat);
await serve();
process.exit();                          // or the heartbeat goes on`,
  right: `await run(async () => {
  createTask(heartbeat);
  await serve();
});`,
  check(context) {
    const { reason, history, tasks } = context.report;
    const { exitCode, isDrained } = context.report.process;
    if (history === undefined) return { unknown: 'whether the program uses run() is not known' };
    if (reason !== 'exit' || exitCode !== 0 || isDrained === true || history.runs > 0) return [];
    const groups = new Map<string, TaskEntry[]>();
    for (const task of tasks) {
      if (task.kind !== 'task' || task.id === 0 || task.createdBy !== null) continue;
      const key = `${task.name}\n${task.createdAt?.file}:${task.createdAt?.line}`;
      groups.set(key, [...(groups.get(key) ?? []), task]);
    }
    return [...groups.values()]
      .filter(({ length }) => length >= context.threshold)
      .map((group) => find(group, context));
  },
};

function find(group: readonly TaskEntry[], { report }: RuleContext): Finding {
  const [first] = group as [TaskEntry, ...TaskEntry[]];
  const { createdAt: site } = first;
  const where = site === null ? '' : `, created at ${lineOf(site, report.process.directory)},`;
  const who =
    group.length === 1 ? `${nameOf(first)}${where} was` : `${group.length} tasks ${short(first.name)}${where} were`;
  return {
    message: `${who} pending when the program ended: nobody cancelled ${group.length === 1 ? 'it, and its' : 'them, and their'} finally blocks did not run.`,
    advice: 'Run the program by run(main), which cancels what is left and waits for it.',
    site,
    task: { id: first.id, name: first.name },
    count: group.length,
    value: group.length,
  };
}
