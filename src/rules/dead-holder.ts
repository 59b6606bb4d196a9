// dead-holder: a task has settled and never released its lock, and others wait for it.
import { count, duration, lineOf } from '../report/phrases.ts';
import type { ResourceEntry } from '../report/format.ts';
import { nameOf, resourceName } from './names.ts';
import { patienceOf } from './patience.ts';
import type { Finding, Rule, RuleContext } from './rule.ts';

const kinds: ReadonlySet<string> = new Set(['lock', 'rwlock']);

export const deadHolder: Rule = {
  name: 'dead-holder',
  summary: 'a task has settled and never released its lock',
  threshold: { value: 10_000, unit: 'ms', of: 'how long the first in line waits' },
  meaning:
    'The task that took a lock has settled without giving it back, as it does where an error skips the release. ' +
    'Nobody is left who would release it, so whoever waits for it waits for ever.',
  quiet:
    'Nobody waits, or not for long: a task may hand its lock on to what it has started, which releases it later. ' +
    'Permits of semaphores are the matter of permit-leak, those of pools of pool-leak.',
  fix:
    'Release it in a finally block, or let the scope do it: lock.run(...), or using permit = await lock.acquire(). ' +
    'Where a lock is handed on on purpose, name it and silence the rule for it.',
  wrong: `await ledger.acquire();
await book(order);                       // throws: nobody releases
ledger.release();`,
  right: `await ledger.run(() => book(order));

using permit = await ledger.acquire();   // or: released at the end of the
await book(order);                       // block, however it ends`,
  check: (context) => context.report.resources.flatMap((resource) => checkLock(resource, context)),
};

function checkLock(resource: ResourceEntry, { report, threshold, waitersOf }: RuleContext): Finding[] {
  const waits = waitersOf(resource.id).map(({ wait }) => wait.forMs);
  const holder = kinds.has(resource.kind) ? resource.holders.find(({ settled }) => settled) : undefined;
  const waitMs = Math.max(...waits);
  if (holder === undefined || waits.length === 0 || waitMs < patienceOf(report, threshold)) return [];
  const taken = holder.at === null ? '' : `at ${lineOf(holder.at, report.process.directory)} `;
  return [
    {
      message:
        `${nameOf(holder.task)} took ${resourceName(resource)} ${taken}${duration(holder.forMs)} ago, has settled, and ` +
        `never released it; ${count(waits.length, 'task')} ${waits.length === 1 ? 'waits' : 'wait'} for it, up to ${duration(waitMs)}.`,
      advice: 'Release it in a finally block, or use lock.run or using, which release it however the code ends.',
      site: holder.at,
      task: holder.task,
      resource,
      value: waitMs,
    },
  ];
}
