// long-hold: others wait for a lock or permits that nobody gives back.
import { count, duration, lineOf } from '../report/phrases.ts';
import type { HolderEntry, ResourceEntry } from '../report/format.ts';
import { restMs } from './movement.ts';
import { nameOf, resourceName } from './names.ts';
import { patienceOf } from './patience.ts';
import type { Finding, Rule, RuleContext } from './rule.ts';

// A holder that gets on may take so many times as long.
const moreForMovement = 10;
const kinds: ReadonlySet<string> = new Set(['lock', 'rwlock', 'semaphore']);

export const longHold: Rule = {
  name: 'long-hold',
  summary: 'others wait for a lock or permits that nobody gives back',
  threshold: { value: 60_000, unit: 'ms', of: 'how long no permit was given back while somebody waits' },
  meaning:
    'A lock, or all permits of a semaphore, are held for long, and others wait for them meanwhile. Whoever holds ' +
    'them has not got on: it waits for something slow, or for something that will never come.',
  quiet:
    'Nobody waits; a permit changed hands within the threshold; the holder went from one wait to the next within the ' +
    'threshold, as a migration does that runs one statement after the other, unless it takes ten times as long; the ' +
    'holder has settled (that is dead-holder or permit-leak) or is in a wait cycle.',
  fix:
    'Hold it for the shortest piece of work: do what is slow before or after. Give whatever is awaited under it a ' +
    'timeout, and release it in a finally block, or by lock.run.',
  wrong: `await lock.acquire();
const rates = await fetchRates();        // slow, and under the lock
ledger.book(rates);
lock.release();`,
  right: `const rates = await fetchRates({ signal: AbortSignal.timeout(5000) });
await lock.run(() => ledger.book(rates));`,
  check: (context) => context.report.resources.flatMap((resource) => checkHold(resource, context)),
};

function checkHold(resource: ResourceEntry, context: RuleContext): Finding[] {
  const { report, threshold, taskOf, waitersOf } = context;
  const waiters = waitersOf(resource.id);
  const { holders } = resource;
  if (!kinds.has(resource.kind) || waiters.length === 0 || holders.length === 0) return [];
  const patience = patienceOf(report, threshold);
  const heldMs = Math.min(...holders.map(({ forMs }) => forMs));
  const oldest = holders.find((holder) => !holder.settled && !isInCycle(holder, context));
  if (heldMs < patience || oldest === undefined) return [];
  const moves = holders.some(({ task }) => {
    const entry = taskOf(task.id);
    const rest = task.id === 0 || entry === undefined ? null : restMs(entry, context);
    return rest !== null && rest < patience;
  });
  if (moves && heldMs < patience * moreForMovement) return [];
  const waitMs = Math.max(...waiters.map(({ wait }) => wait.forMs));
  const others = holders.length > 1 ? ` and ${count(holders.length - 1, 'other')}` : '';
  const taken = oldest.at === null ? '' : `, taken at ${lineOf(oldest.at, report.process.directory)}`;
  return [
    {
      message:
        `${resourceName(resource)} is held by ${nameOf(oldest.task)}${others} for ${duration(heldMs)}${taken}, and ` +
        `${waiters.length === 1 ? 'one waits' : `${waiters.length} wait`} for it, ` +
        `${waiters.length === 1 ? '' : 'the first '}for ${duration(waitMs)}.`,
      advice: 'Look at what the holder awaits, give that a timeout, and do what is slow outside of the lock.',
      site: oldest.at,
      task: oldest.task,
      resource,
      value: heldMs,
    },
  ];
}

function isInCycle({ task }: HolderEntry, { report }: RuleContext): boolean {
  return report.cycles.some(({ steps }) => steps.some((step) => step.task === task.id));
}
