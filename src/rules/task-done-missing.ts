// task-done-missing: somebody waits for a queue to be done, but items were taken and never reported as done.
import { count, duration } from '../report/phrases.ts';
import type { ResourceEntry, TaskEntry } from '../report/format.ts';
import { nameOf, resourceName } from './names.ts';
import { patienceOf } from './patience.ts';
import type { Finding, Rule, RuleContext } from './rule.ts';

export const taskDoneMissing: Rule = {
  name: 'task-done-missing',
  summary: 'join waits for items that nobody works on any more',
  threshold: { value: 30_000, unit: 'ms', of: 'how long join waits' },
  meaning:
    'Whoever calls queue.join() waits until every item that was taken is reported as done. The queue is empty, whoever took from it ' +
    'waits for the next item or has settled, and items are not reported still: taskDone was forgotten, or an error ' +
    'went past it. join never ends.',
  quiet:
    'Items are in the queue; somebody works on one: a task of the name or place of the last taker that does not wait ' +
    'for this queue, or one that it has created; join has not waited for long.',
  fix: 'Call taskDone in a finally block, once for each item that was taken. Or use a WorkerPool, which cannot forget it.',
  wrong: `for await (const order of orders) {
  await book(order);                     // throws: taskDone is skipped
  orders.taskDone();
}`,
  right: `for await (const order of orders) {
  try { await book(order); } finally { orders.taskDone(); }
}`,
  check: (context) => context.report.resources.flatMap((resource) => checkQueue(resource, context)),
};

function checkQueue(resource: ResourceEntry, context: RuleContext): Finding[] {
  const { report, threshold, waitersOf } = context;
  const { statistics, holders, id } = resource;
  if (statistics.kind !== 'queue' || statistics.depth !== 0 || statistics.unfinished === 0) return [];
  const waiters = waitersOf(id);
  const joins = waiters.filter(({ wait }) => wait.kind === 'join');
  const waitMs = Math.max(...joins.map(({ wait }) => wait.forMs));
  if (joins.length === 0 || waitMs < patienceOf(report, threshold) || holders.length > 0) return [];
  const idle = new Set(waiters.map(({ task }) => task.id));
  if (report.tasks.some((task) => !idle.has(task.id) && isWorker(task, resource, context))) return [];
  const { lastTaker } = resource;
  const [join] = joins;
  const took =
    lastTaker === null ? '' : `; ${nameOf(lastTaker)} took last${lastTaker.settled ? ', and has settled' : ''}`;
  return [
    {
      message:
        `${join === undefined ? 'join' : nameOf(join.task)} waits for ${resourceName(resource)} to be done for ` +
        `${duration(waitMs)}: it is empty, but ${count(statistics.unfinished, 'item')} taken from it ` +
        `${statistics.unfinished === 1 ? 'was' : 'were'} never reported as done${took}.`,
      advice: 'Call taskDone in a finally block, once for each item that was taken.',
      site: join?.wait.at ?? resource.createdAt,
      task: join === undefined || join.task.id === 0 ? null : join.task,
      resource,
      count: statistics.unfinished,
      value: waitMs,
    },
  ];
}

/** Whether a task may be at work on an item: it is like the one that took last, or was created by it or by one like it. */
function isWorker(task: TaskEntry, { lastTaker }: ResourceEntry, { taskOf, report }: RuleContext): boolean {
  if (lastTaker === null || task.id === 0) return false;
  if (report.process.isDrained === true) return false; // nobody works any more
  const taker = taskOf(lastTaker.id);
  const creator = task.createdBy;
  if (task.name === lastTaker.name || creator?.name === lastTaker.name) return true;
  const [one, other] = [task.createdAt, taker?.createdAt];
  return one != null && other != null && one.file === other.file && one.line === other.line;
}
