// ignored-cancel: a task was asked to cancel, and goes on.
import { duration } from '../report/phrases.ts';
import type { TaskEntry } from '../report/format.ts';
import type { IgnoredCancelEntry } from '../report/history.ts';
import { grouped, nameOf, short } from './names.ts';
import { patienceOf } from './patience.ts';
import type { Finding, Rule } from './rule.ts';

export const ignoredCancel: Rule = {
  name: 'ignored-cancel',
  summary: 'a task was asked to cancel, and goes on',
  threshold: { value: 30_000, unit: 'ms', of: 'how long ago it was asked first' },
  meaning:
    'A task was cancelled and is pending all the same: it caught the cancellation and went on, it cleans up for very ' +
    'long, or it waits for something that knows nothing of its signal. Whoever cancelled it, and waits for its end, ' +
    'waits with it.',
  quiet:
    'It settles within the threshold: cleaning up, such as a graceful end of connections, takes its time. It waits for ' +
    'another task that was asked, too, as a group does for its tasks: then only that one is named.',
  fix:
    'Hand the signal of the task to what it awaits. Throw again what a catch block catches when the signal is ' +
    'aborted. Give the cleaning up a timeout.',
  wrong: `createTask(async () => {
  while (true) {
    try { await poll(); } catch { /* and goes on */ }
  }
});`,
  right: `createTask(async ({ signal }) => {
  while (true) {
    try { await poll(signal); } catch (error) {
      if (signal.aborted) throw error;
    }
  }
});`,
  check: ({ report, threshold, taskOf }) => [
    ...report.tasks.flatMap((task): Finding[] => {
      const { cancelRequest, waits, parked, createdAt, kind } = task;
      if (cancelRequest === undefined || cancelRequest.forMs < patienceOf(report, threshold)) return [];
      if (waits.some(({ on }) => on?.type === 'task' && taskOf(on.id)?.cancelRequest !== undefined)) return [];
      if (kind === 'group' && report.tasks.some((each) => isAskedOf(each, task))) return [];
      const times = cancelRequest.count === 1 ? '' : `${cancelRequest.count} times, first `;
      return [
        {
          message: `${nameOf(task)} was asked to cancel ${times}${duration(cancelRequest.forMs)} ago, and is pending still.`,
          advice: 'Hand its signal to what it awaits, and throw again what a catch block catches after that.',
          site: parked?.at ?? waits.at(-1)?.at ?? createdAt,
          task,
          value: cancelRequest.forMs,
        },
      ];
    }),
    ...(report.history?.ignoredCancels.entries ?? []).filter(({ maxAfterMs }) => maxAfterMs >= threshold).map(findPast),
  ],
};

/** Whether it is a task of that group which was asked, too. */
function isAskedOf({ createdBy, cancelRequest }: TaskEntry, { id }: TaskEntry): boolean {
  return createdBy?.id === id && cancelRequest !== undefined;
}

/** Tasks that went on and settled with a value in the end. */
function findPast({ kind, name, createdAt, count: times, lastId, maxAfterMs }: IgnoredCancelEntry): Finding {
  const who = times === 1 ? nameOf({ id: lastId, name }) : `${grouped(times)} ${kind}s ${short(name)}`;
  const most = times === 1 ? '' : ' at most';
  return {
    message: `${who} went on for ${duration(maxAfterMs)}${most} after being asked to cancel, and ended as if nothing had been.`,
    advice: 'Hand its signal to what it awaits, and throw again what a catch block catches after that.',
    site: createdAt,
    task: { id: lastId, name },
    count: times,
    value: maxAfterMs,
  };
}
