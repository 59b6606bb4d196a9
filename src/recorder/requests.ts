// The requests that this thread answers, by the channels of Node's own HTTP server.
import { channel } from 'node:diagnostics_channel';
import type { RequestsEntry } from '../report/recording.ts';
import { now } from '../runtime/clock.ts';

/** What runs while requests are counted. */
export interface RequestCounter {
  /** Not answered now. */
  readonly pending: number;
  /** Answered until now. */
  readonly finished: number;
  /** When the first came and the last was answered, on the runtime clock; null where there was none. */
  readonly span: { readonly from: number; readonly to: number } | null;
  /** Ends it; null where there was none. */
  stop(): RequestsEntry | null;
}

interface Message {
  readonly request: object;
}

interface Answer extends Message {
  readonly response: { readonly statusCode: number };
}

/** From so many on, one of so many has its time taken: two looks at the clock would be a part of a short request. */
const allUntil = 1000;
const oneOf = 16;
const heldUpMs = 1000;

/** Counts from now on. */
export function countRequests(): RequestCounter {
  const starts = new WeakMap<object, number>();
  let inTime = 0; // whose time is taken, and who are not answered: mostly nobody
  let started = 0;
  let finished = 0;
  let timed = 0;
  let timedMs = 0;
  let maxMs = 0;
  let peak = 0;
  let from = 0;
  let to = 0;
  let refused = 0;
  let failed = 0;
  let status: number | null = null;
  const begin = (message: unknown): void => {
    if (++started - finished > peak) peak = started - finished;
    if (started > allUntil && started % oneOf !== 0) return;
    to = now();
    if (started === 1) from = to;
    starts.set((message as Message).request, to);
    inTime++;
  };
  const end = (message: unknown): void => {
    finished++;
    const { request, response } = message as Answer;
    if (response.statusCode >= 400) {
      if (response.statusCode >= 500) failed++;
      else refused++;
      status ??= response.statusCode;
    }
    const since = inTime === 0 ? undefined : starts.get(request);
    if (since === undefined) return;
    inTime--;
    to = now();
    const weight = started > allUntil ? oneOf : 1;
    timed += weight;
    timedMs += (to - since) * weight;
    if (to - since > maxMs) maxMs = to - since;
  };
  const channels = [
    [channel('http.server.request.start'), begin],
    [channel('http.server.response.finish'), end],
  ] as const;
  for (const [each, handle] of channels) each.subscribe(handle);
  return {
    get pending() {
      return started - finished;
    },
    get finished() {
      return finished;
    },
    get span() {
      if (started === 0) return null;
      // Of what is not answered nobody knows whether its client waits still: after a while it counts.
      const isHeldUp = started > finished && (finished === 0 || now() - to > heldUpMs);
      return { from, to: isHeldUp ? now() : to };
    },
    stop() {
      for (const [each, handle] of channels) each.unsubscribe(handle);
      const totalMs = timed > 0 ? (timedMs / timed) * finished : 0;
      return started === 0 ? null : { started, finished, totalMs, maxMs, peak, refused, failed, status };
    },
  };
}
