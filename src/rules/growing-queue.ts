// growing-queue: more is put into a queue than is taken, for seconds on end.
import type { QueueHistoryEntry } from '../report/history.ts';
import { lineOf } from '../report/phrases.ts';
import { grouped, short } from './names.ts';
import type { Finding, Rule, RuleContext } from './rule.ts';

/** It has to grow from each look to the next so often. */
const steps = 8;

export const growingQueue: Rule = {
  name: 'growing-queue',
  summary: 'a queue without a limit grows and grows',
  threshold: { value: 100, unit: 'items', of: 'how many are in it, after it grew for 4 s on end' },
  meaning:
    'More is put into the queue than is taken from it, and nothing holds up those who put. Each item waits longer than ' +
    'the one before, and the memory grows until the process ends.',
  quiet:
    'At one of the last 8 looks, one every half second, the queue was no fuller than before: it drains, or stands. It ' +
    'has a maxsize, at which put waits. It has fewer items than the threshold.',
  fix:
    'Give the queue a maxsize, so that who puts has to wait; take with more workers; or refuse work that would wait too ' +
    'long.',
  wrong: `const orders = new Queue({ name: 'orders' });`,
  right: `const orders = new Queue({ name: 'orders', maxsize: 1000 });`,
  check(context) {
    const { history } = context.report;
    if (history === undefined) return { unknown: 'queues were not looked at' };
    const found = history.queues.entries.flatMap((each) => find(each, context));
    const isTooEarly = history.queues.entries.some(
      ({ depths, capacity }) =>
        capacity === null && depths.length <= steps && (depths.at(-1) ?? 0) >= context.threshold,
    );
    return found.length === 0 && isTooEarly ? { unknown: 'a queue was not looked at for long enough' } : found;
  },
};

function find(queue: QueueHistoryEntry, { report, threshold }: RuleContext): Finding[] {
  const { id, name, createdAt, capacity, everyMs, depths, put, taken } = queue;
  const last = depths.slice(-steps - 1);
  const [first = 0, depth = 0] = [last[0], last.at(-1)];
  const grows = last.length > steps && last.every((each, index) => index === 0 || each > (last[index - 1] ?? 0));
  if (capacity !== null || !grows || depth < threshold) return [];
  const seconds = (steps * everyMs) / 1000;
  const perSecond = (items: number): string => grouped(Math.round((items * 1000) / (everyMs * (depths.length - 1))));
  const where = createdAt === null ? '' : `, created at ${lineOf(createdAt, report.process.directory)},`;
  return [
    {
      message:
        `queue ${short(name)}${where} grew from ${grouped(first)} to ${grouped(depth)} items in ${seconds} s, without a ` +
        `pause: ${perSecond(put)} a second are put and ${perSecond(taken)} taken, and it has no limit.`,
      advice: 'Give it a maxsize, so that put waits, or take from it with more workers.',
      site: createdAt,
      resource: { id, kind: 'queue', name },
      value: depth,
    },
  ];
}
