// fan-out: one place begins very many things at once, and all that they need is overrun.
import type { SiteEntry } from '../report/format.ts';
import type { Finding } from '../report/diagnosis.ts';
import type { Disease } from './disease.ts';
import { nameOfOperation } from './operation-names.ts';
import type { ThreadView } from './thread-view.ts';
import { number, percent, time } from './wording.ts';

const leastPeak = 200;
const leastPerRequest = 20;
const leastShare = 0.3;
/** What is begun in crowds, and ends. */
const crowds =
  /^(?:FSREQ|GETADDRINFO|GETNAMEINFO|QUERY|TCPCONNECT|PIPECONNECT|PBKDF2|SCRYPT|RANDOM|ZLIB|Timeout|HTTPCLIENTREQUEST)/;
/** Node 22 says nothing of their callbacks; of all else what has none was synchronous. */
const silent = /^FSREQPROMISE$/;
const advice =
  'Have a bounded number at a time: a Semaphore or pLimit(10) around each, pMap with concurrency, or fewer and larger requests.';

export const fanOut: Disease = (view) => {
  const found = [...clients(view), ...tasks(view), ...operations(view)];
  const byLine = new Map<string, Finding>();
  for (const finding of found) {
    const key = finding.at === null ? finding.verdict : `${finding.at.file}:${finding.at.line}`;
    if (!byLine.has(key)) byLine.set(key, finding);
  }
  return [...byLine.values()].slice(0, 2);
};

function isCrowd(peak: number, view: ThreadView): boolean {
  return peak >= leastPeak && peak >= view.peakRequests * leastPerRequest;
}

function clients(view: ThreadView): Finding[] {
  return view.thread.resources
    .filter(({ kind, peakHeld }) => kind === 'client' && isCrowd(peakHeld, view))
    .map(({ name, peakHeld, holds, holdMs, waitedAt }) =>
      findingOf(`requests to ${name}`, { peak: peakHeld, eachMs: holds > 0 ? holdMs / holds : 0, at: waitedAt }, view),
    );
}

function tasks(view: ThreadView): Finding[] {
  return (view.thread.report.history?.fanOuts.entries ?? [])
    .filter(({ peak }) => isCrowd(peak, view))
    .map(({ name, peak, createdAt }) => findingOf(`tasks ${name}`, { peak, eachMs: 0, at: createdAt }, view));
}

/** Operations of several sorts that are begun at one line are one crowd: reading a file opens, reads and closes it. */
function operations(view: ThreadView): Finding[] {
  const { operations: seen } = view.thread;
  const groups = (seen?.groups ?? []).filter(
    ({ type, at, runs }) => at !== null && crowds.test(type) && (runs > 0 || silent.test(type)),
  );
  return groups
    .filter(({ peak, waitingMs }) => isCrowd(peak, view) && waitingMs >= (seen?.followedMs ?? 0) * leastShare)
    .toSorted((a, b) => b.peak - a.peak)
    .map(({ type, at, peak, waitingMs, count }) =>
      findingOf(`${nameOfOperation(type)} operations`, { peak, eachMs: waitingMs / Math.max(1, count), at }, view),
    );
}

function findingOf(
  what: string,
  { peak, eachMs, at }: { readonly peak: number; readonly eachMs: number; readonly at: SiteEntry | null },
  view: ThreadView,
): Finding {
  const each = Math.round(peak / view.peakRequests);
  const requests = view.peakRequests === 1 ? 'for one request' : `for each of ${number(view.peakRequests)} requests`;
  const of = view.isServing ? ` (${number(each)} ${requests})` : '';
  const where = at === null ? '' : ` at ${view.line(at)}`;
  return {
    disease: 'fan-out',
    weight: 0.97,
    verdict: `Unbounded concurrency${where}: ${number(peak)} ${what} at the same time${of}.`,
    evidence: [
      ...(eachMs > 0 ? [`Each waits ${time(eachMs)} on average, most of it for the others.`] : []),
      `The loop was busy ${percent(view.utilization)} of ${time(view.activeMs)}.`,
    ],
    advice,
    at,
  };
}
