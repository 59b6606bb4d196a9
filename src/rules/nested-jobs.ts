// Jobs of a queue that wait for jobs of the same queue, which starts none of those before they are done.
import { lineOf } from '../report/phrases.ts';
import type { LeafKind } from '../report/awaits.ts';
import type { ResourceEntry, TaskEntry } from '../report/format.ts';
import { resourceName } from './names.ts';
import { patienceOf } from './patience.ts';
import type { Finding, RuleContext, Waiter } from './rule.ts';

/** What the promise of a job looks like from outside, as the library keeps its resolver. */
const jobLeaves: ReadonlySet<LeafKind> = new Set(['queue', 'other', 'unknown']);
/** A moment in which a job has put another and does not yet wait for anything else proves nothing. */
const momentMs = 1000;

/** One finding for each queue all of whose running jobs have put jobs into it that are not started. */
export function findNestedJobs(context: RuleContext): Finding[] {
  return context.report.resources.flatMap((resource) => {
    const queued = context.waitersOf(resource.id).filter(({ wait }) => wait.kind === 'start');
    return queued.length > 0 && isStuck(resource, queued, context) ? [describe(resource, queued, context)] : [];
  });
}

function isStuck({ holders }: ResourceEntry, queued: readonly Waiter[], context: RuleContext): boolean {
  const { report, taskOf } = context;
  const running = new Set(holders.map(({ task }) => task.id));
  const waiting = new Set(queued.map(({ task }) => task.id));
  return (
    running.size > 0 &&
    holders.every(({ task: { id }, settled, forMs }) => {
      const job = taskOf(id);
      const put = report.tasks.filter(({ createdBy }) => createdBy?.id === id);
      const isOnlyQueued = put.every((each) => running.has(each.id) || waiting.has(each.id));
      const isParent = put.some((each) => waiting.has(each.id));
      return !settled && job !== undefined && isParent && isOnlyQueued && mayAwaitJob(job, forMs, context);
    })
  );
}

/** Whether what a job waits for may be the end of another, as far as anything is known of it. */
function mayAwaitJob({ waits, parked }: TaskEntry, forMs: number, { report }: RuleContext): boolean {
  if (waits.length > 0) return false;
  if (report.process.isDrained === true) return true;
  if (parked?.leaf != null) return forMs >= momentMs && jobLeaves.has(parked.leaf.kind);
  return report.reason === 'timeout' && forMs >= patienceOf(report, Infinity);
}

function describe(resource: ResourceEntry, queued: readonly Waiter[], { report }: RuleContext): Finding {
  const { holders } = resource;
  const inside = new Set(holders.map(({ task }) => task.id));
  const { wait, task } = queued.find((each) => inside.has(each.task.createdBy?.id ?? 0)) as Waiter;
  const at = wait.at ?? task.createdAt;
  const where = at === null ? '' : ` at ${lineOf(at, report.process.directory)}`;
  const what = resourceName(resource);
  const who =
    holders.length === 1
      ? `The running job of ${what} waits for one that it`
      : `All ${holders.length} running jobs of ${what} wait for others that they`;
  return {
    message: `${who} put into the same queue${where}: it starts none before a running one is done.`,
    advice: 'Inside a job, call the function itself or use another queue; do not wait for a job of the same queue.',
    site: at,
    task: holders[0]?.task ?? null,
    resource: { id: resource.id, kind: resource.kind, name: resource.name },
    count: holders.length,
  };
}
