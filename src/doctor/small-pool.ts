// small-pool: much time is spent in line for a pool, a lock or a queue. How large it should be says Little's law: what is in a
// system on average is the rate of arrivals times the time that each spends there (J. D. C. Little, 1961).
import type { ResourceUse } from '../report/recording.ts';
import type { Finding } from '../report/diagnosis.ts';
import type { Disease } from './disease.ts';
import type { ThreadView } from './thread-view.ts';
import { number, percent, time } from './wording.ts';

const leastShare = 0.2;
/** Without requests: so many are in line on average. */
const leastWaiting = 1;
const leastWaits = 10;
const leastWaitMs = 1;
const kinds: ReadonlySet<string> = new Set(['pool', 'lock', 'rwlock', 'semaphore', 'queue', 'executor', 'limiter']);

export const smallPool: Disease = (view) =>
  view.thread.resources.filter((use) => isTooSmall(use, view)).map((use) => findingOf(use, view));

/** Who waits to get from a queue is idle; a job that waits for its turn in one is not. */
function waitsForTurn({ name }: ResourceUse, { thread }: ThreadView): boolean {
  return (thread.waits?.groups ?? []).some(({ type }) => type === `start queue ${name}`);
}

function isTooSmall(use: ResourceUse, view: ThreadView): boolean {
  const { kind, waits, waitMs, holds } = use;
  if (!kinds.has(kind) || waits < leastWaits || waitMs / waits < leastWaitMs) return false;
  if (kind === 'queue' && holds === 0 && !waitsForTurn(use, view)) return false;
  return view.isServing ? waitMs >= view.requestMs * leastShare : waitMs >= view.activeMs * leastWaiting;
}

function findingOf(use: ResourceUse, view: ThreadView): Finding {
  const { kind, name, size, waits, waitMs, maxWaitMs, holds, holdMs, peakHeld, waitedAt, createdAt } = use;
  const share = view.isServing ? Math.min(1, waitMs / view.requestMs) : Math.min(1, waitMs / view.activeMs);
  const limit = size ?? Math.max(1, peakHeld);
  const eachMs = holds > 0 ? holdMs / holds : 0;
  const inUse = holdMs / view.activeMs;
  const inLine = waitMs / view.activeMs;
  const wanted = Math.max(limit + 1, Math.round(inUse + inLine));
  const isLock = kind === 'lock' || kind === 'rwlock';
  const title = name.startsWith(kind) ? name : `${kind} ${name}`;
  const where = createdAt === null || name.includes(`:${createdAt.line}`) ? '' : ` (${view.line(createdAt)})`;
  const waitEvidence = `${number(waits)} waits, ${time(waitMs / waits)} each, the longest ${time(maxWaitMs)}${waitedAt === null ? '' : ` (${view.line(waitedAt)})`}.`;
  const whose = view.isServing ? 'the time of requests' : 'the time';
  if (kind === 'queue' && size === null) {
    // How many run at a time is not known here.
    return {
      disease: 'small-pool',
      weight: share,
      verdict: `The ${title}${where} lets too few run at a time: ${percent(share)} of ${whose} is spent in line for it.`,
      evidence: [waitEvidence, `On average ${inLine.toFixed(1)} are in line.`],
      advice: 'Raise its concurrency, if what is behind it can bear more; else make each job shorter, or begin fewer.',
      at: createdAt,
    };
  }
  return {
    disease: 'small-pool',
    weight: Math.min(1, share),
    verdict: isLock
      ? `Requests stand in line for the ${title}${where}: ${percent(share)} of ${whose}.`
      : `The ${title}${where} is too small with ${number(limit)}: ${percent(share)} of ${whose} is spent in line for it.`,
    evidence: [
      waitEvidence,
      `${number(view.perSecond(holds))} a second arrive and hold it for ${time(eachMs)} each: on average ${inUse.toFixed(1)} of ${number(limit)} are in use, and ${inLine.toFixed(1)} are in line.`,
      ...(isLock ? [] : [`By Little's law, with ${number(wanted)} nobody would wait at this rate.`]),
    ],
    advice: isLock
      ? 'Hold it for less long: do what is slow before or after; or have one lock for each key.'
      : `Make it larger: ${number(wanted)}, if what is behind it can bear so many; else hold each for less long than ${time(eachMs)}.`,
    at: createdAt,
  };
}
