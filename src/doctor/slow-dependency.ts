// slow-dependency: most of the time of requests is spent waiting for one host or database.
import type { Finding } from '../report/diagnosis.ts';
import type { Disease } from './disease.ts';
import type { ThreadView } from './thread-view.ts';
import { number, percent, time } from './wording.ts';

const leastShare = 0.5;
const leastMs = 10;
const leastAnswers = 10;
/** A loop that is busier than that is late itself: what it measures is its own delay. */
const mostUtilization = 0.8;
/** So many answers for each request, and their times add up to its own: one is asked for after the other. */
const leastInARow = 10;
const mostAtOnce = 1.2;

export const slowDependency: Disease = (view) => {
  const inARow = askedInARow(view);
  if (inARow.length > 0 || view.ownUtilization > mostUtilization) return inARow;
  // Without requests of its own: the time in which anything was under way.
  const whole = view.isServing ? view.requestMs : view.activeMs;
  return view.thread.resources
    .filter(({ kind, holds }) => kind === 'client' && holds >= leastAnswers)
    .filter(({ holdMs, holds }) => holdMs >= whole * leastShare && holdMs / holds >= leastMs)
    .map(({ name, holds, holdMs, maxHoldMs, waitedAt, operation, peakHeld }) => {
      const share = Math.min(1, holdMs / whole);
      const whose = view.isServing ? 'the time of its requests' : 'its time';
      const where = waitedAt === null ? '' : `, asked at ${view.line(waitedAt)}`;
      return {
        disease: 'slow-dependency',
        weight: share * 0.95,
        verdict: `It waits for ${name}: ${percent(share)} of ${whose}, ${time(holdMs / holds)} for each answer${where}.`,
        evidence: [
          `${number(holds)} answers, the longest after ${time(maxHoldMs)}; up to ${peakHeld} were waited for at a time${operation === null ? '' : `; the slowest: ${operation}`}.`,
          `Its own loop was busy ${percent(view.utilization)} of the time: it is not this program that is slow.`,
        ],
        advice: `Find out why ${name} is slow; ask it for less or less often (cached, batch), ask for several things at the same time, and give each a timeout.`,
        at: waitedAt,
      };
    });
};

/** However fast each answer comes, and whatever the loop does in between. */
function askedInARow(view: ThreadView): Finding[] {
  const { isServing, requestMs, requests } = view;
  if (!isServing) return [];
  return view.thread.resources
    .filter(({ kind, holds }) => kind === 'client' && holds >= requests * leastInARow)
    .filter(({ holdMs }) => holdMs >= requestMs * leastShare && holdMs <= requestMs * mostAtOnce)
    .map(({ name, holds, holdMs, waitedAt }) => {
      const share = Math.min(1, holdMs / requestMs);
      const where = waitedAt === null ? '' : ` at ${view.line(waitedAt)}`;
      return {
        disease: 'slow-dependency',
        weight: share * 0.95,
        verdict: `Each request asks ${name} ${number(Math.round(holds / requests))} times, one after the other${where}: ${percent(share)} of the time of requests.`,
        evidence: [
          `${number(holds)} answers came for ${number(requests)} requests, after ${time(holdMs / holds)} each.`,
        ],
        advice:
          'Ask once for all of them (a list of ids, a JOIN, a batch); or for several at the same time, with a limit (pMap, a Semaphore).',
        at: waitedAt,
      };
    });
}
