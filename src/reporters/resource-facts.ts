// Where a resource stands, in one phrase for each fact.
import type { ResourceEntry, StatisticsEntry } from '../report/format.ts';
import { count, duration, inTime, plain, progressPhrases, takerText } from './wording.ts';

/** `full, 2 of 2 in it`, `1 waiting to put`; `open for 3.1 s`, `next probe in 1.2 s`. */
export function resourceFacts(resource: ResourceEntry): string[] {
  const { statistics: now } = resource;
  switch (now.kind) {
    case 'lock':
    case 'event':
    case 'condition':
      return number(now.waiters, 'waiting');
    case 'iterator':
      return [`${count(now.items, 'item')} so far`, ...number(now.waiters, 'waiting')];
    case 'semaphore':
      return [`${share(now.held, now.permits)} permits held`, ...number(now.waiters, 'waiting')];
    case 'rwlock':
      return [...number(now.waitingReaders, 'waiting to read'), ...number(now.waitingWriters, 'waiting to write')];
    case 'barrier':
      return [now.state === 'broken' ? 'broken' : `${now.waiters} of ${now.parties} have come`];
    case 'queue':
      return queueFacts(now, resource);
    case 'retry':
      return progressPhrases(now);
    case 'breaker':
      return breakerFacts(now);
    case 'limiter': {
      const within = now.windowMs === null ? '' : ` within ${duration(now.windowMs)}`;
      return [
        `${share(now.used, Number.isFinite(now.limit) ? now.limit : null)} used${within}`,
        ...number(now.waiters, 'waiting'),
      ];
    }
    case 'pool':
      return [
        `${share(now.borrowed, now.most)} borrowed`,
        ...number(now.idle, 'idle'),
        ...number(now.pending, 'being made or checked'),
        ...number(now.waiters, 'waiting'),
      ];
    case 'executor':
      return [
        `${now.busy} of ${now.mostWorkers} workers busy`,
        ...(now.queued > 0 ? [`${share(now.queued, now.capacity)} queued`] : []),
      ];
    case 'cache':
      return number(now.loading, 'being computed');
    case 'client':
      return clientFacts(now);
    case 'stream':
      return [...number(now.buffered, 'bytes not read'), ...number(now.unsent, 'bytes not sent')];
    default:
      return number(now.total, 'handled');
  }
}

type Entry<Kind extends StatisticsEntry['kind']> = Extract<StatisticsEntry, { readonly kind: Kind }>;

function queueFacts(now: Entry<'queue'>, resource: ResourceEntry): string[] {
  const full = now.depth !== null && now.capacity !== null && now.depth >= now.capacity ? 'full, ' : '';
  const inWork = now.unfinished - (now.depth ?? 0);
  return [
    now.depth === null ? 'depth unknown' : `${full}${share(now.depth, now.capacity)} in it`,
    ...number(now.putters, 'waiting to put'),
    ...number(now.getters, 'waiting to get'),
    ...number(inWork, 'taken and not done'),
    ...(resource.holders.length === 0 ? [takerText(resource)] : []),
  ];
}

function clientFacts({ pending, completed, failed, totalMs, maxMs }: Entry<'client'>): string[] {
  const times = `${duration(totalMs / completed)} on average, ${duration(maxMs)} at most`;
  const failures = failed > 0 ? `, ${failed} failed` : '';
  return [...number(pending, 'in flight'), ...(completed > 0 ? [`${completed} answered in ${times}${failures}`] : [])];
}

function breakerFacts({ state, forMs, nextInMs, failures, calls, refused, lastError }: Entry<'breaker'>): string[] {
  return [
    `${state} for ${duration(forMs)}`,
    ...(calls > 0 ? [`${failures} of ${calls} calls failed`] : []),
    ...number(refused, 'refused'),
    ...(lastError === null ? [] : [`last error: ${plain(lastError, 200)}`]),
    ...(nextInMs === null ? [] : [`next probe${inTime(nextInMs)}`]),
  ];
}

/** `2 of 5`, or `2` where there is no limit. */
function share(part: number, whole: number | null): string {
  return whole === null ? String(part) : `${part} of ${whole}`;
}

function number(value: number, what: string): string[] {
  return value > 0 ? [`${value} ${what}`] : [];
}
