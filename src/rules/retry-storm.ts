// retry-storm: most of what is sent are further attempts at what has failed.
import type { RetryHistoryEntry } from '../report/history.ts';
import { lineOf } from '../report/phrases.ts';
import { grouped, short } from './names.ts';
import type { Finding, Rule, RuleContext } from './rule.ts';

const leastShare = 0.5;

export const retryStorm: Rule = {
  name: 'retry-storm',
  summary: 'most attempts are retries, and there are many of them',
  threshold: { value: 100, unit: 'retries', of: 'how many within a minute' },
  meaning:
    'Within a minute at least half of all attempts were retries. What fails because it is overloaded gets more load by ' +
    'that, and cannot recover: the retries keep it down.',
  quiet: 'Fewer retries than the threshold in each minute, or fewer than half of the attempts are retries.',
  fix:
    'Retry with a growing delay and jitter, which is the default; give all operations of the name a common `budget`; put a ' +
    'CircuitBreaker around them, which refuses at once while the other end is down.',
  wrong: `await retry(fetchRates, { attempts: Infinity, delay: 10, factor: 1 });`,
  right: `await retry(fetchRates, { name: 'rates', attempts: 5, budget: true });`,
  check(context) {
    const { history } = context.report;
    if (history === undefined) return { unknown: 'retries were not counted' };
    return history.retries.entries.flatMap((each) => find(each, context));
  },
};

function find({ name, createdAt, minute }: RetryHistoryEntry, { report, threshold }: RuleContext): Finding[] {
  const { attempts, retries } = minute;
  if (retries < threshold || retries < attempts * leastShare) return [];
  const where = createdAt === null ? '' : `, called at ${lineOf(createdAt, report.process.directory)},`;
  return [
    {
      message:
        `retry ${short(name)}${where} made ${grouped(attempts)} attempts within a minute, and ${grouped(retries)} of them ` +
        `(${Math.round((retries / attempts) * 100)} %) were retries.`,
      advice: 'Give the retries a budget, or put a CircuitBreaker around the call.',
      site: createdAt,
      count: retries,
      value: retries,
    },
  ];
}
