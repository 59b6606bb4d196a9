// unbounded-queue: very many items are in a queue that takes any number.
import { resourceName } from './names.ts';
import type { Finding, Rule } from './rule.ts';

export const unboundedQueue: Rule = {
  name: 'unbounded-queue',
  summary: 'a queue without a capacity has very many items',
  threshold: { value: 10_000, unit: 'items', of: 'how many are in it' },
  meaning:
    'A queue that takes any number of items has very many of them. Whoever puts is not slowed down by whoever takes, so ' +
    'that a burst, or a consumer that is too slow, grows until the memory is full, and every item waits for all before it.',
  quiet:
    'It has a capacity, however large and full; or it has few items. Whether it grows is the matter of growing-queue.',
  fix:
    'Give it a capacity, so that put waits (back-pressure); or put no more than is being worked on. Where all work is ' +
    'known from the start and fits into memory, raise the threshold or silence the rule for this queue.',
  wrong: `const mails = new Queue({ name: 'mails' });
for await (const user of users) void mails.put(user);`,
  right: `const mails = new Queue({ name: 'mails', maxsize: 100 });
for await (const user of users) await mails.put(user);`,
  check: ({ report, threshold }) =>
    report.resources.flatMap((resource): Finding[] => {
      const { statistics } = resource;
      if (statistics.kind !== 'queue' || statistics.capacity !== null) return [];
      const { depth, put, taken } = statistics;
      if (depth === null || depth < threshold) return [];
      return [
        {
          message:
            `${resourceName(resource)} has no capacity, and ${number(depth)} items are in it: ${number(put)} were put ` +
            `and ${number(taken)} taken since it was made.`,
          advice: 'Give it a capacity, so that whoever puts waits for whoever takes.',
          site: resource.createdAt,
          resource,
          value: depth,
        },
      ];
    }),
};

function number(value: number): string {
  return value.toLocaleString('en');
}
