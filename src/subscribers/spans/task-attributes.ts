// The names and attributes of the spans of tasks.
import { fileURLToPath } from 'node:url';
import type { Attributes, Span } from '@opentelemetry/api';
import type { Site } from '../../channels/site.ts';
import type { TaskRecord } from '../../channels/task.ts';
import { errorTypeOf, outcomeWord, retryOutcome } from '../outcomes.ts';
import { attribute, spanName } from '../semconv.ts';

const longestMessage = 1024;
const pathsKept = 1000;
const paths = new Map<string, string>();

/** What the span of a task gathers while it is open. */
export interface Gathered {
  /** Tasks of a group, and those of them that failed. */
  readonly tasks: number;
  readonly failed: number;
  /** Milliseconds of the backoff that a retry is in or was in last. */
  readonly backoffMs: number;
  /** The task is a call through a circuit breaker. */
  readonly isBreakerCall: boolean;
}

/** `run load`, `retry rates`, `call payments`. */
export function spanNameOf({ origin: { kind, name } }: TaskRecord): string {
  if (kind === 'retry') return spanName.retry(name);
  if (kind === 'attempt') return spanName.attempt(name);
  return kind === 'call' ? spanName.call(name) : spanName.run(name);
}

/** Of an attempt: which one it is, and after what backoff. */
export function attemptAttributes(retry: TaskRecord | null, retrySpan: Gathered | undefined): Attributes {
  const progress = retry?.progress;
  if (progress == null) return {};
  return {
    [attribute.retryAttemptNumber]: progress.attempt,
    ...(progress.limit !== null && { [attribute.retryAttemptLimit]: progress.limit }),
    ...(progress.attempt > 1 && retrySpan !== undefined && { [attribute.retryDelay]: retrySpan.backoffMs / 1000 }),
  };
}

/** Where the task was created. */
export function setSite(span: Span, site: Site): void {
  if (site.function !== '') span.setAttribute(attribute.codeFunctionName, site.function);
  span.setAttribute(attribute.codeFilePath, filePath(site.file));
  span.setAttribute(attribute.codeLineNumber, site.line);
  if (!site.exact) span.setAttribute(attribute.taskSiteExact, false);
}

/** Few files create many tasks, and taking a URL apart costs a microsecond. */
function filePath(file: string): string {
  let path = paths.get(file);
  if (path === undefined) {
    try {
      path = file.startsWith('file:') ? fileURLToPath(file) : file;
    } catch {
      path = file; // a URL that is no path here, as loaders may make them up
    }
    if (paths.size >= pathsKept) paths.clear();
    paths.set(file, path);
  }
  return path;
}

/** What is known of a task that has settled. */
export function endAttributes(task: TaskRecord, { tasks, failed, isBreakerCall }: Gathered): Attributes {
  const { origin, progress, settlement } = task;
  if (settlement === null) return {};
  const outcome = outcomeWord(settlement.outcome);
  const attributes: Attributes = { [attribute.taskOutcome]: outcome };
  if (isBreakerCall) attributes[attribute.breakerOutcome] = outcome;
  if (origin.kind === 'group') {
    attributes[attribute.groupTaskCount] = tasks;
    attributes[attribute.groupFailedCount] = failed;
  }
  if (origin.kind === 'retry' && progress != null) {
    const { attempt, limit, gaveUp } = progress;
    attributes[attribute.retryOutcome] = retryOutcome(task);
    attributes[attribute.retryAttemptNumber] = attempt;
    if (limit !== null) attributes[attribute.retryAttemptLimit] = limit;
    if (gaveUp !== undefined) attributes[attribute.retryGaveUp] = gaveUp.replace(' ', '_');
  }
  return attributes;
}

/** The error is the program's: reading it may run its code, and that may throw. */
export function describeError(error: unknown): { type: string; message: string } {
  let message = '';
  try {
    message = clip(error instanceof Error ? error.message : error);
  } catch {
    // then it has none
  }
  return { type: errorTypeOf(error), message };
}

function clip(message: unknown): string {
  const text = String(message);
  return text.length > longestMessage ? `${text.slice(0, longestMessage)}…` : text;
}
