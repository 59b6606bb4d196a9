// For authors of queues and locks: what makes one's own visible, with a line where something begins and ends.
import type { WaitKind } from '../src/channels/wait.ts';
import { ArgumentError, outcomeOf } from '../src/errors.ts';
import { CallSites } from '../src/runtime/call-site.ts';
import { now } from '../src/runtime/clock.ts';
import { currentOrRoot, rootTask } from '../src/runtime/context.ts';
import { DeclaredRecord } from './declared-record.ts';
import { checkCount, checkFunction, checkName } from './patch.ts';

/** A lock, a semaphore or a queue of one's own, as reports, spans and metrics know it. */
export interface DeclaredResource {
  readonly kind: 'lock' | 'semaphore' | 'queue';
  readonly name: string;
  /** Counts an item that was put into the queue. */
  put(): void;
  /** Counts an item that the current task took from the queue. */
  take(): void;
}

export interface DeclareResourceOptions {
  /** What it is. Default `lock`. */
  readonly kind?: 'lock' | 'semaphore' | 'queue';
  /** How many may hold a semaphore at a time. Default: not known. */
  readonly permits?: number;
  /** The most that is in a queue. Default: not known. */
  readonly capacity?: number;
  /** How many items are in a queue now; asked for reports and metrics. Default: what was put and not taken. */
  readonly depth?: () => number;
}

const kinds = ['lock', 'semaphore', 'queue'];
const sites = new CallSites();

/**
 * Makes a lock, semaphore or queue of one's own visible: a report has it while somebody waits for it or holds it, or
 * something is in it. Keep what this returns beside the thing itself: nothing else keeps it.
 * @example const ledger = declareResource('ledger', { kind: 'lock' });
 * @throws ArgumentError if the name or an option is of the wrong type
 */
export function declareResource(name: string, options: DeclareResourceOptions = {}): DeclaredResource {
  const { kind = 'lock', depth } = options;
  if (!kinds.includes(kind))
    throw new ArgumentError(`kind must be one of ${kinds.join(', ')}, got ${JSON.stringify(kind)}`);
  const permits = checkCount(options.permits, 'permits');
  const capacity = checkCount(options.capacity, 'capacity');
  if (depth !== undefined) checkFunction(depth, 'depth');
  return new DeclaredRecord(checkName({ name }, kind), {
    kind,
    depth: depth ?? null,
    limit: kind === 'queue' ? capacity : kind === 'lock' ? 1 : permits,
  });
}

/**
 * The current task waits for it from now on: to acquire a lock, or to `put` into or `get` from a queue.
 * @returns what ends the wait; an error handed to it is why it ended. Further calls do nothing
 * @throws ArgumentError if it was not declared
 */
export function declareWait(
  resource: DeclaredResource,
  kind: WaitKind & ('acquire' | 'put' | 'get') = resource.kind === 'queue' ? 'get' : 'acquire',
): (error?: unknown) => void {
  const end = checkDeclared(resource).wait(kind);
  return (error) => end(error === undefined ? 'fulfilled' : outcomeOf(error));
}

/**
 * The current task holds it from now on, or works on what it took from the queue.
 * @returns what ends that. Further calls do nothing
 * @throws ArgumentError if it was not declared
 */
export function declareHolder(resource: DeclaredResource): () => void {
  const record = checkDeclared(resource);
  const task = currentOrRoot();
  return record.hold(sites.capture(task === rootTask ? record.name : task.origin.name, now()));
}

function checkDeclared(resource: unknown): DeclaredRecord {
  if (resource instanceof DeclaredRecord) return resource;
  throw new ArgumentError('the resource must be one that declareResource returned');
}
