// Errors across threads and processes: the engine's own cloning keeps message and stack alone. Here name, code, cause and
// plain properties cross too, and what loopscope threw is of its own class again.
import { CancelledError, TimeoutError } from '../errors.ts';
import type { JobReply } from './job-message.ts';

/** What was thrown, as it is sent. */
export type SentError =
  | { readonly type: 'value'; readonly value: unknown }
  | {
      readonly type: 'error';
      readonly name: string;
      readonly message: string;
      readonly stack: string | undefined;
      readonly properties: Readonly<Record<string, unknown>>;
      readonly cause: SentError | null;
      readonly errors: readonly SentError[] | null;
    };

const deepest = 8;
const mostErrors = 100;
const natives: Readonly<Record<string, new (message: string, options?: ErrorOptions) => Error>> = {
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
  CancelledError,
  TimeoutError,
};

/** Never throws: what cannot be sent is left out, or sent as text. */
export function sendError(error: unknown, depth = 0): SentError {
  if (!(error instanceof Error)) return { type: 'value', value: isCloneable(error) ? error : textOf(error) };
  const { cause } = error;
  const errors = error instanceof AggregateError && depth < deepest ? error.errors.slice(0, mostErrors) : null;
  return {
    type: 'error',
    name: textOf(error.name),
    message: textOf(error.message),
    stack: typeof error.stack === 'string' ? error.stack : undefined,
    properties: propertiesOf(error),
    cause: cause === undefined || depth >= deepest ? null : sendError(cause, depth + 1),
    errors: errors?.map((each: unknown) => sendError(each, depth + 1)) ?? null,
  };
}

/** The reply of a job whose result cannot be sent. */
export function unsendable(name: string, error: unknown): JobReply {
  const reason = error instanceof Error ? error.message : textOf(error);
  const refused = new TypeError(`the result of ${name} cannot be sent: ${reason}`);
  return { ok: false, error: sendError(refused), isCancelled: false };
}

/** What was thrown, again. */
export function receiveError(sent: SentError): unknown {
  if (sent.type === 'value') return sent.value;
  const { name, message, stack, properties, cause, errors } = sent;
  const options: ErrorOptions = cause === null ? {} : { cause: receiveError(cause) };
  const error =
    errors === null
      ? new (natives[name] ?? Error)(message, options)
      : new AggregateError(errors.map(receiveError), message, options);
  for (const [key, value] of Object.entries(properties)) define(error, key, value, true);
  if (error.name !== name) define(error, 'name', name, false);
  if (stack !== undefined) define(error, 'stack', stack, false);
  return error;
}

function propertiesOf(error: Error): Record<string, unknown> {
  const properties: Record<string, unknown> = {};
  for (const key of Object.keys(error)) {
    if (key === 'name' || key === 'message' || key === 'stack' || key === 'cause' || key === 'errors') continue;
    try {
      const value: unknown = error[key as keyof Error];
      if (isCloneable(value)) properties[key] = value;
    } catch {
      // a property that throws when it is read
    }
  }
  return properties;
}

function isCloneable(value: unknown): boolean {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol'))
    return true;
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}

function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return `a thrown ${typeof value}`;
  }
}

function define(error: Error, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(error, key, { value, enumerable, configurable: true, writable: true });
}
