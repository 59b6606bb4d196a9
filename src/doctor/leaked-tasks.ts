// leaked-tasks: more and more tasks are pending.
import type { TaskEntry } from '../report/format.ts';
import type { Disease } from './disease.ts';
import { growthOf } from './growth.ts';
import { number, time } from './wording.ts';

const leastGrowth = 100;

export const leakedTasks: Disease = (view) => {
  const { series, report } = view.thread;
  const growth = growthOf(series.tasks);
  const groups = [...Map.groupBy(report.tasks, keyOf).values()].toSorted((a, b) => b.length - a.length);
  const [group] = groups;
  const [first] = group ?? [];
  if (growth < leastGrowth || group === undefined || first === undefined || group.length < leastGrowth) return [];
  const { name, createdAt: at, waits } = first;
  const on = waits[0]?.on ?? null;
  return [
    {
      disease: 'leaked-tasks',
      weight: 0.6,
      verdict: `Tasks pile up: ${number(group.length)} of ${name}${at === null ? '' : ` (${view.line(at)})`} are pending, and ever more.`,
      evidence: [
        `The oldest is pending for ${time(Math.max(...group.map(({ ageMs }) => ageMs)))}${on === null ? '' : `; it waits for ${on.kind} ${on.name}`}.`,
      ],
      advice:
        'Give what they wait for a timeout, or accept fewer: a queue with a maxsize, a TaskGroup that ends with its request.',
      at,
    },
  ];
};

function keyOf({ name, createdAt }: TaskEntry): string {
  return createdAt === null ? name : `${name} ${createdAt.file}:${createdAt.line}`;
}
