// pool-leak: a pool is empty because what was borrowed is not given back, and others wait.
import { count, duration, lineOf } from '../report/phrases.ts';
import type { HolderEntry, ResourceEntry } from '../report/format.ts';
import { restMs } from './movement.ts';
import { nameOf, resourceName } from './names.ts';
import { patienceOf } from './patience.ts';
import type { Finding, Rule, RuleContext } from './rule.ts';

export const poolLeak: Rule = {
  name: 'pool-leak',
  summary: 'a pool is empty: what was borrowed is not given back',
  threshold: { value: 60_000, unit: 'ms', of: 'how long something is borrowed and not used while others wait' },
  meaning:
    'All of a pool is borrowed and somebody waits, while borrowers have settled without giving theirs back, or have ' +
    'not got on for long. A pool that loses one connection after the other ends in a service that answers nothing.',
  quiet:
    'Something is idle or may be made, or nobody waits; the borrower gets on from one wait to the next, as a long ' +
    'transaction does; it was borrowed within the threshold.',
  fix:
    'Give it back in a finally block, or let the scope do it: pool.run(...), or await using. Do not wait for other ' +
    'things while it is borrowed, above all not for a second one of the same pool.',
  wrong: `const client = await pool.acquire();
const user = await client.query(sql);    // throws: never given back
pool.release(client);`,
  right: `const user = await pool.run((client) => client.query(sql));`,
  check: (context) => context.report.resources.flatMap((resource) => checkPool(resource, context)),
};

function checkPool(resource: ResourceEntry, context: RuleContext): Finding[] {
  const { report, threshold, waitersOf } = context;
  const { statistics, holders, id } = resource;
  if (statistics.kind !== 'pool' || waitersOf(id).length === 0 || statistics.idle > 0) return [];
  const patience = patienceOf(report, threshold);
  const kept = holders.filter((holder) => holder.forMs >= patience && isIdle(holder, patience, context));
  const [oldest] = kept.toSorted((a, b) => b.forMs - a.forMs);
  if (oldest === undefined) return [];
  const waiters = waitersOf(id).length;
  const settled = kept.filter((holder) => holder.settled).length;
  const taken = oldest.at === null ? '' : ` at ${lineOf(oldest.at, report.process.directory)}`;
  const whose = settled === 0 ? '' : `; ${settled === 1 ? 'one borrower has' : `${settled} borrowers have`} settled`;
  return [
    {
      message:
        `${count(waiters, 'task')} ${waiters === 1 ? 'waits' : 'wait'} for ${resourceName(resource)}, of which ` +
        `${kept.length} of ${statistics.borrowed} borrowed are kept: the first by ${nameOf(oldest.task)} for ` +
        `${duration(oldest.forMs)}${taken}${whose}.`,
      advice: 'Give it back in a finally block, or use pool.run or await using.',
      site: oldest.at,
      task: oldest.task,
      resource,
      count: kept.length,
      value: oldest.forMs,
    },
  ];
}

/** Whether the borrower has settled, or has not got on for so long. */
function isIdle({ task, settled }: HolderEntry, patience: number, context: RuleContext): boolean {
  if (settled) return true;
  const entry = context.taskOf(task.id);
  const rest = task.id === 0 || entry === undefined ? null : restMs(entry, context);
  return rest === null || rest >= patience;
}
