// growing-queue: more is put into a queue than is taken from it, all the time.
import type { QueueHistoryEntry } from '../report/history.ts';
import type { Finding } from '../report/diagnosis.ts';
import type { ResourceUse } from '../report/recording.ts';
import type { Disease } from './disease.ts';
import { growthOf } from './growth.ts';
import type { ThreadView } from './thread-view.ts';
import { number, time } from './wording.ts';

const leastGrowth = 100;
/** How many times as much is put as is done. */
const leastRatio = 1.5;
/** Share of the time in which all workers are busy. */
const leastBusy = 0.5;

export const growingQueue: Disease = (view) => [...queues(view), ...workers(view)];

/** Queues of this process: how many are in them is known. */
function queues(view: ThreadView): Finding[] {
  return (view.thread.report.history?.queues.entries ?? [])
    .filter(({ capacity, depths, put, taken }) => capacity === null && put > taken && growthOf(depths) >= leastGrowth)
    .map((queue) => queueFinding(queue, view));
}

function queueFinding({ name, createdAt, depths, put, taken, everyMs }: QueueHistoryEntry, view: ThreadView): Finding {
  const perSecond = (items: number): string => number((items * 1000) / (everyMs * Math.max(1, depths.length - 1)));
  return {
    disease: 'growing-queue',
    weight: 0.65,
    verdict: `The queue ${name}${where(createdAt, name, view)} grows and grows: ${perSecond(put)} a second are put and ${perSecond(taken)} taken.`,
    evidence: [`${number(depths.at(-1) ?? 0)} were in it at the end, and ${number(depths[0] ?? 0)} at the first look.`],
    advice: 'Give it a maxsize, so that who puts has to wait; take with more workers; or take several at once.',
    at: createdAt,
  };
}

/** Workers of a queue that is elsewhere, as in Redis: what this process puts, and what it does of that. */
function workers(view: ThreadView): Finding[] {
  const { resources } = view.thread;
  return resources
    .filter(({ kind, size }) => kind === 'executor' && size !== null)
    .flatMap((use) => {
      const queue = resources.find(({ kind, name }) => kind === 'queue' && name === use.name);
      return queue !== undefined && isOverrun(use, queue, view) ? [workerFinding(use, queue, view)] : [];
    });
}

function isOverrun(
  { size, holds, holdMs, peakHeld }: ResourceUse,
  { waits: put }: ResourceUse,
  view: ThreadView,
): boolean {
  const workersAtMost = size ?? Infinity;
  const isBusy = peakHeld >= workersAtMost && holdMs >= view.activeMs * workersAtMost * leastBusy;
  return isBusy && put >= holds * leastRatio && put - holds >= leastGrowth;
}

function workerFinding(use: ResourceUse, { waits: put }: ResourceUse, view: ThreadView): Finding {
  const { name, size, holds, holdMs, createdAt } = use;
  const eachMs = holdMs / Math.max(1, holds);
  const wanted = Math.ceil((put / view.activeMs) * eachMs);
  return {
    disease: 'growing-queue',
    weight: 0.65,
    verdict: `The workers of ${name}${where(createdAt, name, view)} are too few with ${number(size ?? 0)}: ${number(view.perSecond(put))} jobs a second come, and ${number(view.perSecond(holds))} are done.`,
    evidence: [
      `A job takes ${time(eachMs)}; ${number(put - holds)} more came than were done in ${time(view.activeMs)}.`,
      `By Little's law, ${number(wanted)} at a time would keep up.`,
    ],
    advice: `Raise the concurrency to ${number(wanted)}, if what is behind it can bear so many; make each job shorter; or run more workers.`,
    at: createdAt,
  };
}

function where(at: Finding['at'], name: string, view: ThreadView): string {
  return at === null || name.includes(`:${at.line}`) ? '' : ` (${view.line(at)})`;
}
