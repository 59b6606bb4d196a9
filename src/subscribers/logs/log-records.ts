// What log records say: each a sentence for people, and attributes for machines.
import { fileURLToPath } from 'node:url';
import type { Attributes, LogRecord } from '@opentelemetry/api';
import type { BlockRecord } from '../../channels/loop.ts';
import type { BreakerChange, Hold, ResourceRecord } from '../../channels/resource.ts';
import type { Site } from '../../channels/site.ts';
import type { TaskRecord } from '../../channels/task.ts';
import type { TaskEntry, WaitCycle } from '../../report/format.ts';
import { now } from '../../runtime/clock.ts';
import { stateWord } from '../metrics/metrics-operations.ts';
import { errorTypeOf } from '../outcomes.ts';
import { attribute, eventName } from '../semconv.ts';

/** A record, and the task in whose trace it belongs. */
export interface Said {
  readonly record: LogRecord;
  readonly task: TaskRecord | null;
}

// Numbers of the protocol: `@opentelemetry/api` 1.9 does not name them.
const info = severity(9, 'INFO');
const warn = severity(13, 'WARN');
const error = severity(17, 'ERROR');

/** @param stack as in the source, innermost first */
export function ofBlock({ kind, native, durationMs, task }: BlockRecord, stack: readonly Site[]): Said {
  const [top] = stack;
  const who = top === undefined ? '' : ` by ${top.function === '' ? '(anonymous)' : top.function} at ${placeOf(top)}`;
  const within = task === null ? '' : `, in ${nameOf(task)}`;
  const record: LogRecord = {
    ...warn,
    eventName: eventName.loopBlocked,
    body: `the event loop was blocked for ${Math.round(durationMs)} ms${who}${within}`,
    attributes: {
      [attribute.blockDuration]: durationMs / 1000,
      [attribute.blockKind]: kind,
      ...(native !== null && { [attribute.blockNative]: native }),
      ...(top !== undefined && siteAttributes(top)),
      ...(stack.length > 0 && { [attribute.codeStacktrace]: stack.map(frameOf).join('\n') }),
      ...(task !== null && taskAttributes(task)),
    },
  };
  return { record, task };
}

export function ofBreaker({ breaker, from, to, error: cause }: BreakerChange): Said {
  const why = cause === undefined ? '' : `: ${messageOf(cause)}`;
  const record: LogRecord = {
    ...(to === 'open' ? warn : info),
    eventName: eventName.breakerChanged,
    body: `circuit breaker ${breaker.name} is ${to}, and was ${from}${why}`,
    attributes: {
      [attribute.breakerName]: breaker.name,
      [attribute.breakerState]: stateWord(to),
      [attribute.breakerPreviousState]: stateWord(from),
      ...(cause !== undefined && {
        [attribute.errorType]: errorTypeOf(cause),
        [attribute.errorMessage]: messageOf(cause),
      }),
    },
  };
  return { record, task: null };
}

export function ofCycle({ steps }: WaitCycle, tasks: readonly TaskEntry[]): Said {
  const named = steps.map(({ task }) => `${tasks.find(({ id }) => id === task)?.name ?? ''} #${task}`);
  const targets = steps.map(({ waitsFor: { kind, name, id, type } }) =>
    type === 'task' ? `${kind} ${name} #${id}` : `${kind} ${name}`,
  );
  const record: LogRecord = {
    ...error,
    eventName: eventName.deadlock,
    body: `deadlock: ${named.map((name, index) => `${name} waits for ${targets[index]}`).join('; ')}`,
    attributes: { [attribute.cycleTasks]: named, [attribute.cycleTargets]: targets },
  };
  return { record, task: null };
}

export function ofLeak({ resource, task, since, site }: Hold): Said {
  const heldMs = now() - since;
  const at = site === null ? '' : `, acquired at ${placeOf(site)}`;
  const record: LogRecord = {
    ...warn,
    eventName: eventName.leak,
    body: `${targetOf(resource)} is held for ${seconds(heldMs)} by ${nameOf(task)}, which has settled${at}`,
    attributes: {
      [attribute.holdTarget]: targetOf(resource),
      [attribute.holdTime]: heldMs / 1000,
      ...taskAttributes(task),
      ...(site !== null && siteAttributes(site)),
    },
  };
  return { record, task };
}

export function ofPending(task: TaskRecord): Said {
  const ageMs = now() - task.createdAt;
  const { waits, origin } = task;
  const on = waits?.on ?? null;
  const what = waits === null ? '' : `, and waits to ${waits.kind}${on === null ? '' : ` ${targetOf(on)}`}`;
  const record: LogRecord = {
    ...warn,
    eventName: eventName.pending,
    body: `${nameOf(task)} is pending for ${seconds(ageMs)}${what}`,
    attributes: {
      ...taskAttributes(task),
      [attribute.taskKind]: origin.kind,
      [attribute.taskAge]: ageMs / 1000,
      ...(waits !== null && { [attribute.waitKind]: waits.kind }),
      ...(on !== null && { [attribute.waitTarget]: targetOf(on) }),
      ...(origin.site !== null && siteAttributes(origin.site)),
    },
  };
  return { record, task };
}

/** For more of them than get a record each. */
export function ofMorePending(count: number): Said {
  const record: LogRecord = {
    ...warn,
    eventName: eventName.pending,
    body: `${count} more tasks are pending for so long`,
  };
  return { record, task: null };
}

function severity(number: number, text: string): Required<Pick<LogRecord, 'severityNumber' | 'severityText'>> {
  // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- importing the enum would load the API
  return { severityNumber: number, severityText: text };
}

function taskAttributes({ id, origin }: TaskRecord): Attributes {
  return { [attribute.taskName]: origin.name, [attribute.taskId]: String(id) };
}

function siteAttributes({ function: name, file, line }: Site): Attributes {
  return {
    ...(name !== '' && { [attribute.codeFunctionName]: name }),
    [attribute.codeFilePath]: pathOf(file),
    [attribute.codeLineNumber]: line,
  };
}

/** A line as Node writes them. */
function frameOf({ function: name, file, line, column }: Site): string {
  const place = `${pathOf(file)}:${line}:${column}`;
  return name === '' ? `    at ${place}` : `    at ${name} (${place})`;
}

function placeOf({ file, line, column }: Site): string {
  return `${pathOf(file)}:${line}:${column}`;
}

function pathOf(file: string): string {
  try {
    return file.startsWith('file:') ? fileURLToPath(file) : file;
  } catch {
    return file; // a URL that is no path here
  }
}

function targetOf(on: ResourceRecord | TaskRecord): string {
  return 'origin' in on ? `${on.origin.kind} ${nameOf(on)}` : `${on.kind} ${on.name}`;
}

function nameOf({ id, origin }: TaskRecord): string {
  return `${origin.name} #${id}`;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** Reading an error of the program's may run its code. */
function messageOf(cause: unknown): string {
  try {
    return (cause instanceof Error ? cause.message : String(cause)).slice(0, 1000);
  } catch {
    return '';
  }
}
