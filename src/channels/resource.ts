// What tasks wait for and hold: locks, queues, pools and the like, and what happens to them.
import { channel } from './channel.ts';
import type { Site } from './site.ts';
import type { BreakerState, ResourceKind, ResourceStatistics } from './statistics.ts';
import type { TaskRecord } from './task.ts';

/** A lock, a permit or a resource of a pool that is held now; or a job that an executor runs. */
export interface Hold {
  readonly resource: ResourceRecord;
  /** Who holds it; the root task where no task was running. */
  readonly task: TaskRecord;
  /** Milliseconds on the runtime clock. */
  readonly since: number;
  /** Where it was asked for. */
  readonly site: Site | null;
  /** How it is held, where that differs. */
  readonly mode?: 'read' | 'write' | undefined;
  /** Which resource of a pool it is, from 1. */
  readonly number?: number;
}

/** Somebody who stands in line where not everybody waits for everybody before: at a lock for reading and writing. */
export interface LineEntry {
  readonly task: TaskRecord;
  readonly mode: 'read' | 'write';
}

/** What can be waited for and held. The object itself is the record; it is asked when somebody wants a report. */
export interface ResourceRecord {
  readonly id: number;
  readonly kind: ResourceKind;
  readonly name: string;
  readonly createdAt: number;
  readonly site: Site | null;
  /** A frozen snapshot, in constant time. */
  statistics(): ResourceStatistics;
  /** Who holds it now, oldest first; nothing for a queue of ours. */
  holders(): Iterable<Hold>;
  /** Who waits, in the order in which they are served. Only locks for reading and writing have it. */
  line?(): Iterable<LineEntry>;
  /** The task which took from the queue last, null if none did. Only queues have it. */
  readonly lastTaker?: TaskRecord | null;
  /** A line from which a request was made when the most were in flight. Only clients have it. */
  readonly busiest?: Site | null;
}

/** The end of work on an item that was taken, or an item that was refused because the queue is full or shut down. */
export interface QueueMoment {
  readonly queue: ResourceRecord;
  readonly task: TaskRecord;
}

/** A circuit breaker changes its state. */
export interface BreakerChange {
  readonly breaker: ResourceRecord;
  readonly from: BreakerState;
  readonly to: BreakerState;
  /** The failure that opened it; undefined for all else. */
  readonly error: unknown;
}

/** A call comes to a circuit breaker. */
export interface BreakerCall {
  readonly breaker: ResourceRecord;
  /** The call, whose function is about to run; null if it is refused. */
  readonly task: TaskRecord | null;
  /** In which the breaker decided: `half-open` for a probe. */
  readonly state: BreakerState;
}

/** A pool has made a resource, or failed to. */
export interface PoolCreation {
  readonly pool: ResourceRecord;
  readonly durationMs: number;
  /** Undefined if it was made. */
  readonly error: unknown;
}

/** An error was handled, and is of this kind. */
export interface ErrorCount {
  readonly manager: ResourceRecord;
  readonly errorKind: string;
  readonly error: unknown;
}

/** An item went into or came out of a queue. The n-th item put is the n-th taken unless the queue orders otherwise. */
export interface QueueOperation {
  readonly queue: ResourceRecord;
  /** Number of the item in this queue, from 1. */
  readonly item: number;
  /** Who did it; the root task where no task was running. */
  readonly task: TaskRecord;
}

/** A resource was made. It is held weakly: there is no message for its end. */
export const resourceCreated = channel<ResourceRecord>('loopscope:resource:created');
/** A lock or permit was acquired. */
export const holdStarted = channel<Hold>('loopscope:hold:started');
/** A lock or permit was released. */
export const holdEnded = channel<Hold>('loopscope:hold:ended');
/** An item went into a queue. */
export const queuePut = channel<QueueOperation>('loopscope:queue:put');
/** An item came out of a queue. */
export const queueTaken = channel<QueueOperation>('loopscope:queue:taken');
/** `taskDone` was called, or the job that a foreign queue was given has ended. */
export const queueDone = channel<QueueMoment>('loopscope:queue:done');
/** A put without waiting found the queue full, or any put found it shut down. */
export const queueRefused = channel<QueueMoment>('loopscope:queue:refused');
/** A circuit breaker was called, and let the call through or refused it. */
export const breakerCalled = channel<BreakerCall>('loopscope:breaker:called');
/** A circuit breaker has changed its state. */
export const breakerChanged = channel<BreakerChange>('loopscope:breaker:changed');
/** A pool has made what it lends. */
export const poolCreated = channel<PoolCreation>('loopscope:pool:created');
/** An error manager has counted an error. */
export const errorCounted = channel<ErrorCount>('loopscope:error:counted');
