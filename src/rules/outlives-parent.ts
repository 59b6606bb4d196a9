// outlives-parent: tasks are pending although those which created them have settled.
import { duration } from '../report/phrases.ts';
import type { TaskEntry } from '../report/format.ts';
import { isIdle } from './idle.ts';
import { short } from './names.ts';
import type { Finding, Rule } from './rule.ts';

const brief = 10_000;

export const outlivesParent: Rule = {
  name: 'outlives-parent',
  summary: 'tasks go on although what created them has settled',
  threshold: { value: 10, unit: 'tasks', of: 'how many of one place are pending, at least 10 s old' },
  meaning:
    'Tasks of one place outlive the tasks that created them, and they pile up. Nobody awaits them, so their errors ' +
    'are seen by nobody, nothing cancels them when a request is gone, and nothing bounds how many there are.',
  quiet:
    'There are few; another task awaits them; they wait as workers and sessions do: for the next item, message, ' +
    'connection or time; or they are younger than 10 s.',
  fix:
    'Await them where they are created, or create them in a TaskGroup that lives as long as they may: it bounds them, ' +
    'sees their errors and cancels them. Work that is to go on belongs into a queue with workers.',
  wrong: `app.post('/orders', async () => {
  createTask(() => sendMail(order));     // on its own from here on
});`,
  right: `app.post('/orders', async () => {
  await mails.put(order);                // a bounded queue, and its workers
});`,
  check({ report, threshold, taskOf }) {
    const awaited = new Set(
      report.tasks.flatMap(({ waits }) => waits.flatMap(({ on }) => (on?.type === 'task' ? on.id : []))),
    );
    const isAlone = (task: TaskEntry): boolean => {
      const { createdBy, id, kind, ageMs } = task;
      if (createdBy === null || createdBy.id === 0 || taskOf(createdBy.id) !== undefined) return false;
      if (kind !== 'task' || ageMs < brief || awaited.has(id)) return false;
      return (task.waits.length > 0 || task.parked !== null) && !isIdle(task);
    };
    const groups = Map.groupBy(report.tasks.filter(isAlone), ({ name, createdAt }) =>
      JSON.stringify([name, createdAt?.file, createdAt?.line]),
    );
    return [...groups.values()].flatMap((all): Finding[] => {
      const [first] = all.toSorted((a, b) => b.ageMs - a.ageMs);
      if (first?.createdBy == null || all.length < threshold) return [];
      return [
        {
          message:
            `${all.length} tasks ${short(first.name)} are pending, the first for ${duration(first.ageMs)}, although ` +
            `the tasks that created them (${short(first.createdBy.name)}) have settled; no task awaits them.`,
          advice: 'Await them, create them in a TaskGroup, or hand their work to a queue with workers.',
          site: first.createdAt,
          task: first,
          count: all.length,
          value: all.length,
        },
      ];
    });
  },
};
