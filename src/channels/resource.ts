// What tasks wait for and hold: locks, semaphores, queues, and retried functions that are not ours.
import { channel } from './channel.ts';
import type { Site } from './site.ts';
import type { RetryProgress, TaskRecord } from './task.ts';

export type ResourceKind = 'lock' | 'semaphore' | 'queue' | 'retry';

/** A lock or permit that is held now. */
export interface Hold {
  readonly resource: ResourceRecord;
  /** Who holds it; the root task where no task was running. */
  readonly task: TaskRecord;
  /** Milliseconds on the runtime clock. */
  readonly since: number;
  /** Where it was asked for. */
  readonly site: Site | null;
}

/** The state of a lock or semaphore at one moment. */
export interface LockStatistics {
  readonly kind: 'lock' | 'semaphore';
  /** Permits there are in all: 1 for a lock; null where there is no limit, or a foreign object does not say. */
  readonly permits: number | null;
  readonly held: number;
  readonly waiters: number;
}

/** The state of a queue at one moment. */
export interface QueueStatistics {
  readonly kind: 'queue';
  /** Items in the queue now; null where a foreign object does not say. */
  readonly depth: number | null;
  /** The most it takes; null when it is unbounded or not known. */
  readonly capacity: number | null;
  readonly putters: number;
  readonly getters: number;
  /** Items taken and not yet reported as done, plus those in the queue. */
  readonly unfinished: number;
  /** Items put and taken since the queue was made. */
  readonly put: number;
  readonly taken: number;
}

/** The state of a retried foreign function at one moment. */
export interface RetryStatistics extends RetryProgress {
  readonly kind: 'retry';
  /** When the last attempt failed, on the runtime clock. */
  readonly failedAt: number | null;
}

export type ResourceStatistics = LockStatistics | QueueStatistics | RetryStatistics;

/** What can be waited for and held. The object itself is the record; it is asked when somebody wants a report. */
export interface ResourceRecord {
  readonly id: number;
  readonly kind: ResourceKind;
  readonly name: string;
  readonly createdAt: number;
  readonly site: Site | null;
  /** A frozen snapshot, in constant time. */
  statistics(): ResourceStatistics;
  /** Who holds it now, oldest first; nothing for a queue. */
  holders(): Iterable<Hold>;
  /** The task which took from the queue last, null if none did. Only queues have it. */
  readonly lastTaker?: TaskRecord | null;
}

/** An item went into or came out of a queue. The n-th item put is the n-th taken unless the queue orders otherwise. */
export interface QueueOperation {
  readonly queue: ResourceRecord;
  /** Number of the item in this queue, from 1. */
  readonly item: number;
  /** Who did it; the root task where no task was running. */
  readonly task: TaskRecord;
}

export const resourceCreated = channel<ResourceRecord>('loopscope:resource:created');
/** A lock or permit was acquired. */
export const holdStarted = channel<Hold>('loopscope:hold:started');
/** A lock or permit was released. */
export const holdEnded = channel<Hold>('loopscope:hold:ended');
export const queuePut = channel<QueueOperation>('loopscope:queue:put');
export const queueTaken = channel<QueueOperation>('loopscope:queue:taken');
