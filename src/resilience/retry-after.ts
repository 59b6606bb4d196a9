// What a server says on when to come back: the Retry-After field of HTTP (RFC 9110, 10.2.3), wherever clients put it.

const milliseconds = 1000;

/**
 * Milliseconds that a failure asks to wait before the next attempt; null if it does not say. Looks at `nextInMs` (of our own
 * refusals), `retryAfter` (seconds, a date or either as text) and the field `retry-after` of `headers` or
 * `response.headers`, which may be a Headers object or a plain one: errors and responses of fetch, undici, axios and got.
 */
export function retryAfterOf(failure: unknown): number | null {
  try {
    if (typeof failure !== 'object' || failure === null) return null;
    const { nextInMs, retryAfter, headers, response } = failure as Failure;
    if (typeof nextInMs === 'number') return nextInMs >= 0 ? nextInMs : null;
    if (retryAfter !== undefined && retryAfter !== null) return parse(retryAfter, Date.now());
    const fields = headers ?? response?.headers;
    if (typeof fields !== 'object' || fields === null) return null;
    const field = read(fields, 'retry-after');
    if (field === undefined) return null;
    // By the server's own clock, if it shows it: ours may be wrong.
    const date = Date.parse(String(read(fields, 'date')));
    return parse(field, Number.isNaN(date) ? Date.now() : date);
  } catch {
    return null; // the failure is the program's: reading it may run its code
  }
}

interface Failure {
  readonly nextInMs?: unknown;
  readonly retryAfter?: unknown;
  readonly headers?: unknown;
  readonly response?: { readonly headers?: unknown } | null;
}

function read(fields: object, name: string): unknown {
  if ('get' in fields && typeof fields.get === 'function') return (fields.get(name) as unknown) ?? undefined;
  const key = Object.keys(fields).find((candidate) => candidate.toLowerCase() === name);
  const value = key === undefined ? undefined : (fields as Record<string, unknown>)[key];
  return Array.isArray(value) ? (value[0] as unknown) : value;
}

function parse(value: unknown, at: number): number | null {
  if (value instanceof Date) return until(value.getTime(), at);
  const seconds = typeof value === 'string' && value.trim() === '' ? NaN : Number(value);
  if (!Number.isNaN(seconds)) return seconds >= 0 ? seconds * milliseconds : null;
  return typeof value === 'string' ? until(Date.parse(value), at) : null;
}

function until(moment: number, at: number): number | null {
  return Number.isNaN(moment) ? null : Math.max(0, moment - at);
}
