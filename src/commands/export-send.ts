// One request of OTLP over HTTP in JSON, again and again until it is taken, refused, or nobody is there.
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { ExportSettings } from '../config.ts';

const attempts = 5;
const firstPauseMs = 500;
const longestPauseMs = 30_000;
/** With these, the request itself is at fault. */
const refusals = new Set([400, 413, 415, 422]);
const retryable = new Set([408, 425, 429, 500, 502, 503, 504]);

export interface SendOptions extends ExportSettings {
  readonly url: string;
}

export type Answer =
  | { readonly type: 'taken'; readonly rejected: number; readonly reason: string }
  | { readonly type: 'refused' | 'unreachable'; readonly reason: string };

interface Failure {
  readonly reason: string;
  /** When to try again; null for never. */
  readonly retryAfterMs: number | null;
}

/** Sends it, compressed. Tries five times where the collector is not there or asks for patience. */
export async function sendRequest(body: string, { url, headers, timeoutMs }: SendOptions): Promise<Answer> {
  const compressed = gzipSync(body);
  for (let attempt = 1, backoffMs = firstPauseMs; ; attempt++, backoffMs *= 2) {
    let failure: Failure;
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json', 'content-encoding': 'gzip' },
        body: compressed,
        redirect: 'manual', // what is sent on, as to a page for signing in, is asked for with GET and takes nothing
        signal: AbortSignal.timeout(timeoutMs),
      });
      const text = await response.text();
      if (response.ok && text.trimStart().startsWith('<')) {
        return { type: 'unreachable', reason: 'a web page answers there, and no collector' };
      }
      if (response.ok) return taken(text);
      const reason = `${response.status} ${response.statusText} ${text.slice(0, 200)}`.trim();
      if (refusals.has(response.status)) return { type: 'refused', reason };
      const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN) * 1000;
      const retryAfterMs = Number.isFinite(retryAfter) ? retryAfter : backoffMs;
      failure = { reason, retryAfterMs: retryable.has(response.status) ? retryAfterMs : null };
    } catch (error) {
      failure = { reason: reasonOf(error), retryAfterMs: backoffMs };
    }
    const { reason, retryAfterMs } = failure;
    if (retryAfterMs === null || attempt === attempts) return { type: 'unreachable', reason };
    await pause(Math.min(longestPauseMs, retryAfterMs));
  }
}

function taken(text: string): Answer {
  try {
    const { partialSuccess } = JSON.parse(text) as { readonly partialSuccess?: Readonly<Record<string, unknown>> };
    const { rejectedSpans = 0, errorMessage = '' } = partialSuccess ?? {};
    return { type: 'taken', rejected: Number(rejectedSpans) || 0, reason: String(errorMessage) };
  } catch {
    return { type: 'taken', rejected: 0, reason: '' }; // it need not say anything
  }
}

/** `fetch failed` says nothing: its cause does. */
function reasonOf(error: unknown): string {
  const { cause } = error as { readonly cause?: unknown };
  const first: unknown = cause instanceof AggregateError ? cause.errors[0] : (cause ?? error);
  return first instanceof Error ? first.message : String(first);
}
