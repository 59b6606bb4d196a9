// unbounded-fan-out: very many tasks, or requests to one server, at the same time, and nothing that limits them.
import type { FanOutEntry } from '../report/history.ts';
import { lineOf } from '../report/phrases.ts';
import { grouped, short } from './names.ts';
import type { Finding, Rule, RuleContext } from './rule.ts';

export const unboundedFanOut: Rule = {
  name: 'unbounded-fan-out',
  summary: 'very many tasks or requests at once, without a limit',
  threshold: { value: 1000, unit: 'tasks', of: 'how many are under way at the same time' },
  meaning:
    'A task, or a request, was started for each item of something, all at once, and each works right away. As the items ' +
    'become more, so do connections, memory and time-outs: the server at the other end refuses them, or this process ' +
    'runs out of memory.',
  quiet:
    'Those that wait for a permit of a semaphore or limiter, for a connection of a pool, for their turn in a queue, or for ' +
    'room in one, do not count, nor does whoever waits for them: there is the limit. Fewer than the threshold at any time. ' +
    'A limit that loopscope does not know is not seen, such as a counter of the program or the maxSockets of an agent.',
  fix:
    'Let so many work at a time as the other end can bear: a Semaphore around the work, a queue with some workers, or a ' +
    'library such as p-limit.',
  wrong: `await gather(urls.map((url) => () => fetchPage(url)));   // 10,000 of them`,
  right: `const limit = new Semaphore(20, { name: 'pages' });
await gather(urls.map((url) => () => limit.run(() => fetchPage(url))));`,
  check(context) {
    const { history } = context.report;
    if (history === undefined) return { unknown: 'how many tasks there were at a time was not counted' };
    return history.fanOuts.entries.flatMap((each) => find(each, context));
  },
};

function find({ kind, name, createdAt, peak }: FanOutEntry, { report, threshold }: RuleContext): Finding[] {
  if (peak < threshold) return [];
  const isClient = kind === 'client';
  const what = `${grouped(peak)} ${isClient ? 'requests to' : `${kind}s`} ${short(name)}`;
  const line = createdAt === null ? '' : lineOf(createdAt, report.process.directory);
  const where = createdAt === null ? '' : isClient ? `, made at ${line}` : `, created at ${line}`;
  return [
    {
      message: `${what} were under way at the same time, and nothing limited them${where}.`,
      advice: isClient
        ? 'Put a Semaphore around the requests, or give the client a pool with a limit.'
        : 'Put a Semaphore around the work, or a queue with some workers before it.',
      site: createdAt,
      count: peak,
      value: peak,
    },
  ];
}
