// What kind of error something is: by its code, its name, its class, its HTTP status, and those of its causes.
import { outcomeOf } from '../errors.ts';

/**
 * `network` a connection that could not be made or broke, or a server that is not available; `timeout` something that took too
 * long; `validation` what was given is not as it must be; `business` an error class of the program, or a refusal by a service;
 * `system` the machine, the program's resources or a service failed; `cancelled` nobody wants it any more; `unknown` the rest.
 */
export type ErrorKind = 'network' | 'timeout' | 'validation' | 'business' | 'system' | 'cancelled' | 'unknown';

const codes: ReadonlyMap<string, ErrorKind> = new Map(
  Object.entries({
    network: `ECONNRESET ECONNREFUSED ECONNABORTED EPIPE ENOTFOUND EAI_AGAIN EAI_FAIL EAI_NODATA EHOSTUNREACH EHOSTDOWN
      ENETUNREACH ENETDOWN ENETRESET ENOTCONN EPROTO UND_ERR_SOCKET UND_ERR_CLOSED ERR_STREAM_PREMATURE_CLOSE
      ERR_HTTP2_SESSION_ERROR ERR_SOCKET_CLOSED ERR_LOOPSCOPE_BREAKER_OPEN`,
    timeout: `ETIMEDOUT ESOCKETTIMEDOUT ETIME EAI_TIMEOUT ERR_SOCKET_CONNECTION_TIMEOUT UND_ERR_CONNECT_TIMEOUT
      UND_ERR_HEADERS_TIMEOUT UND_ERR_BODY_TIMEOUT`,
    validation: 'ERR_LOOPSCOPE_ARGUMENT ERR_INVALID_URL ERR_OUT_OF_RANGE FST_ERR_VALIDATION',
    system: 'ERR_LOOPSCOPE_LIMIT ERR_LOOPSCOPE_EXECUTOR_CRASHED ERR_OUT_OF_MEMORY',
    cancelled: 'ABORT_ERR',
  } satisfies Partial<Record<ErrorKind, string>>).flatMap(([kind, names]) =>
    names.split(/\s+/).map((name) => [name, kind as ErrorKind] as const),
  ),
);

const statuses: ReadonlyMap<number, ErrorKind> = new Map([
  [400, 'validation'],
  [408, 'timeout'],
  [422, 'validation'],
  [429, 'network'],
  [502, 'network'],
  [503, 'network'],
  [504, 'timeout'],
]);

// As libraries name theirs: ZodError, AssertionError, ValidationError of joi, yup and mongoose …
const validationName = /valid|^zod|^assert/i;
const builtIn = new Set(['Error', 'AggregateError', 'DOMException', 'EvalError', 'SuppressedError']);
const mostCauses = 5;

/** The kind of an error. Never throws, whatever it is given. */
export function classifyError(error: unknown): ErrorKind {
  try {
    const outcome = outcomeOf(error);
    if (outcome !== 'rejected') return outcome === 'cancelled' ? 'cancelled' : 'timeout';
    let cause = error;
    for (let depth = 0; depth < mostCauses && isObject(cause); depth++) {
      const kind = byFacts(cause);
      if (kind !== null) return kind;
      cause = (cause as Facts).cause;
    }
    return byClass(error);
  } catch {
    return 'unknown'; // the error is the program's: reading it may run its code
  }
}

interface Facts {
  readonly code?: unknown;
  readonly errno?: unknown;
  readonly syscall?: unknown;
  readonly status?: unknown;
  readonly statusCode?: unknown;
  readonly response?: { readonly status?: unknown; readonly statusCode?: unknown } | null;
  readonly cause?: unknown;
}

function byFacts({ code, errno, syscall, status, statusCode, response }: Facts): ErrorKind | null {
  if (typeof code === 'string') {
    const kind = codes.get(code);
    if (kind !== undefined) return kind;
    if (code.startsWith('ERR_INVALID_ARG')) return 'validation';
  }
  // What the system answered to a call of Node: EMFILE, ENOSPC, EACCES, ENOENT …
  if (typeof errno === 'number' || typeof syscall === 'string') return 'system';
  return byStatus(status ?? statusCode ?? response?.status ?? response?.statusCode);
}

function byStatus(status: unknown): ErrorKind | null {
  if (typeof status !== 'number' || status < 400 || status > 599) return null;
  return statuses.get(status) ?? (status < 500 ? 'business' : 'system');
}

function byClass(error: unknown): ErrorKind {
  if (!(error instanceof Error)) return 'unknown';
  const { name } = error;
  if (name === 'TypeError' || name === 'RangeError' || name === 'SyntaxError' || name === 'URIError')
    return 'validation';
  if (name === 'ReferenceError') return 'system';
  if (validationName.test(name)) return 'validation';
  return builtIn.has(name) && builtIn.has(error.constructor.name) ? 'unknown' : 'business';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
