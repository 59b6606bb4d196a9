// The state of each kind of resource at one moment, as `statistics()` gives it. Times are milliseconds on the runtime clock.
import type { RetryProgress } from './task.ts';

/** The state of a lock or semaphore. */
export interface LockStatistics {
  readonly kind: 'lock' | 'semaphore';
  /** Permits there are in all: 1 for a lock; null where there is no limit, or a foreign object does not say. */
  readonly permits: number | null;
  readonly held: number;
  readonly waiters: number;
}

/** The state of a lock that many may hold for reading, or one for writing. */
export interface RWLockStatistics {
  readonly kind: 'rwlock';
  readonly readers: number;
  readonly writers: number;
  readonly waitingReaders: number;
  readonly waitingWriters: number;
}

/** The state of an event. */
export interface EventStatistics {
  readonly kind: 'event';
  readonly isSet: boolean;
  readonly waiters: number;
}

/** The state of a condition. Who waits for its lock stands in line at the lock. */
export interface ConditionStatistics {
  readonly kind: 'condition';
  readonly waiters: number;
}

/** The state of a barrier. */
export interface BarrierStatistics {
  readonly kind: 'barrier';
  /** How many have to come. */
  readonly parties: number;
  readonly waiters: number;
  readonly state: 'filling' | 'draining' | 'resetting' | 'broken';
}

/** The state of a queue. */
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

/** The state of a retried foreign function. */
export interface RetryStatistics extends RetryProgress {
  readonly kind: 'retry';
  /** When the last attempt failed. */
  readonly failedAt: number | null;
}

/** `closed` lets calls through, `open` refuses them, `half-open` lets a few through to see whether they succeed again. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** The state of a circuit breaker. */
export interface BreakerStatistics {
  readonly kind: 'breaker';
  readonly state: BreakerState;
  /** When it got into this state. */
  readonly since: number;
  /** When it will let a probe through; null unless it is open. */
  readonly nextAt: number | null;
  /** Calls in its window, and how many of them failed. */
  readonly calls: number;
  readonly failures: number;
  /** Calls it has refused since it was made. */
  readonly refused: number;
  /** What the last call that failed was rejected with; undefined if none failed. */
  readonly lastError: unknown;
}

/** The state of a limiter of rate or concurrency. */
export interface LimiterStatistics {
  readonly kind: 'limiter';
  /** So much may pass within `windowMs`; or be under way at a time, where `windowMs` is null. */
  readonly limit: number;
  readonly windowMs: number | null;
  /** How much of the limit is used. */
  readonly used: number;
  readonly waiters: number;
  /** Since it was made. */
  readonly passed: number;
  readonly refused: number;
}

/** The state of a pool of resources. */
export interface PoolStatistics {
  readonly kind: 'pool';
  readonly least: number;
  /** Null where there is no limit, or a foreign object does not say. */
  readonly most: number | null;
  readonly borrowed: number;
  readonly idle: number;
  /** Being made, or looked at whether they are still good, now. */
  readonly pending: number;
  readonly waiters: number;
  /** Since the pool was made. */
  readonly created: number;
  readonly destroyed: number;
}

/** The state of workers which run jobs. The jobs that run are its holders. */
export interface ExecutorStatistics {
  readonly kind: 'executor';
  readonly type: 'threads' | 'processes' | 'tasks';
  readonly workers: number;
  readonly mostWorkers: number;
  readonly busy: number;
  /** Jobs that wait for a worker. */
  readonly queued: number;
  /** The most that may wait; null where there is no limit. */
  readonly capacity: number | null;
  /** Since it was made. Failed ones are completed, too; refused ones never began. */
  readonly completed: number;
  readonly failed: number;
  readonly refused: number;
}

/** The state of a cache. */
export interface CacheStatistics {
  readonly kind: 'cache';
  readonly size: number;
  /** Null where there is no limit. */
  readonly capacity: number | null;
  /** Values that are being computed now. */
  readonly loading: number;
  /** Since it was made. */
  readonly hits: number;
  readonly misses: number;
  /** Hits of a value that was past its time, and computed anew in the background. */
  readonly stale: number;
  readonly evicted: number;
}

/** The state of a byte stream with somebody at the other end. */
export interface StreamStatistics {
  readonly kind: 'stream';
  /** Bytes that arrived and were not read yet. */
  readonly buffered: number;
  /** Bytes that were written and are not sent yet. */
  readonly unsent: number;
  /** Since it was opened. */
  readonly read: number;
  readonly written: number;
  readonly isClosed: boolean;
}

/** The state of an async iterable that somebody iterates over. */
export interface IteratorStatistics {
  readonly kind: 'iterator';
  /** Items it has given. */
  readonly items: number;
  /** A consumer waits for the next. */
  readonly waiters: number;
}

/** The state of what is at the other end of connections: a host, a database. */
export interface ClientStatistics {
  readonly kind: 'client';
  /** Requests, queries or commands in flight now, those that wait for a connection included. */
  readonly pending: number;
  /** Since the start: the most in flight at a time, how many ended, how many of these with an error, and their time. */
  readonly maxPending: number;
  readonly completed: number;
  readonly failed: number;
  readonly totalMs: number;
  readonly maxMs: number;
}

/** How many errors of each kind were handled. */
export interface ErrorStatistics {
  readonly kind: 'errors';
  readonly total: number;
  readonly counts: Readonly<Record<string, number>>;
}

export type ResourceStatistics =
  | LockStatistics
  | RWLockStatistics
  | EventStatistics
  | ConditionStatistics
  | BarrierStatistics
  | QueueStatistics
  | RetryStatistics
  | BreakerStatistics
  | LimiterStatistics
  | PoolStatistics
  | ExecutorStatistics
  | CacheStatistics
  | StreamStatistics
  | IteratorStatistics
  | ClientStatistics
  | ErrorStatistics;

export type ResourceKind = ResourceStatistics['kind'];
