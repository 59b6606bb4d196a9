// permit-leak: permits of a semaphore are held by tasks that have settled, and others wait for them.
import { count, duration, lineOf } from '../report/phrases.ts';
import type { ResourceEntry } from '../report/format.ts';
import { resourceName } from './names.ts';
import { patienceOf } from './patience.ts';
import type { Finding, Rule, RuleContext } from './rule.ts';

export const permitLeak: Rule = {
  name: 'permit-leak',
  summary: 'permits are held by tasks that have settled',
  threshold: { value: 60_000, unit: 'ms', of: 'how long a settled task has held its permit while others wait' },
  meaning:
    'Tasks took permits of a semaphore and settled without giving them back. Each that is lost makes the semaphore ' +
    'smaller; when all are, whoever acquires waits for ever.',
  quiet:
    'Nobody waits for a permit, as with a limit of connections where the task that accepted one has long settled; or ' +
    'the permits were taken within the threshold, as by a dispatcher that hands them on to the work that it starts.',
  fix:
    'Release in a finally block, or let the scope do it: semaphore.run(...), or using permit = await ' +
    'semaphore.acquire(). BoundedSemaphore finds the opposite mistake, a release too many.',
  wrong: `await hosts.acquire();
const page = await fetch(url);           // throws: one permit less for ever
hosts.release();`,
  right: `const page = await hosts.run(() => fetch(url));`,
  check: (context) => context.report.resources.flatMap((resource) => checkPermits(resource, context)),
};

function checkPermits(resource: ResourceEntry, { report, threshold, waitersOf }: RuleContext): Finding[] {
  const { statistics, holders, id } = resource;
  const waiters = waitersOf(id).length;
  if (statistics.kind !== 'semaphore' || waiters === 0) return [];
  const patience = patienceOf(report, threshold);
  const leaked = holders.filter(({ settled, forMs }) => settled && forMs >= patience);
  const [oldest] = leaked.toSorted((a, b) => b.forMs - a.forMs);
  if (oldest === undefined) return [];
  const taken = oldest.at === null ? '' : `, taken at ${lineOf(oldest.at, report.process.directory)}`;
  const of = statistics.permits === null ? '' : ` of ${statistics.permits}`;
  return [
    {
      message:
        `${leaked.length}${of} permits of ${resourceName(resource)} are held by tasks that have settled, the first for ` +
        `${duration(oldest.forMs)}${taken}; ${count(waiters, 'task')} ${waiters === 1 ? 'waits' : 'wait'} for a permit.`,
      advice: 'Release each permit in a finally block, or use semaphore.run or using.',
      site: oldest.at,
      task: oldest.task,
      resource,
      count: leaked.length,
      value: oldest.forMs,
    },
  ];
}
