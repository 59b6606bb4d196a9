// Metrics of what is now, read from the registry when somebody collects: nothing is counted while things happen.
import type { Attributes } from '@opentelemetry/api';
import type { ResourceRecord } from '../../channels/resource.ts';
import type { LockStatistics, ResourceStatistics, RWLockStatistics } from '../../channels/statistics.ts';
import type { Origin, TaskRecord } from '../../channels/task.ts';
import { now } from '../../runtime/clock.ts';
import { observeAll, type ObservedKey, type Observe } from './metrics-instruments.ts';
import type { Labels } from './metrics-labels.ts';
import { Tally } from './metrics-names.ts';
import { lockType, stateWord } from './metrics-operations.ts';
import type { Snapshot } from '../registry.ts';

const breakerStates = ['closed', 'open', 'half-open'] as const;

/** Observes the tasks and resources of a snapshot. */
export class StateMetrics {
  readonly #labels: Labels;
  /** What counters of resources said last: a resource may go, and what it counted must stay. */
  readonly #last = new WeakMap<ResourceRecord, Map<string, number>>();
  readonly #totals = new Map<ObservedKey, Tally>();
  readonly #now = new Map<ObservedKey, Tally>();
  #ending = false;

  constructor(labels: Labels) {
    this.#labels = labels;
  }

  /** The event loop has nothing left to do: what is pending from now on is leaked. */
  end(): void {
    this.#ending = true;
  }

  observe({ tasks, resources }: Snapshot, observe: Observe): void {
    // What is not observed any more stays in the SDK with its last value: it must be seen to be 0.
    for (const tally of this.#now.values()) tally.clear();
    this.#addTasks(tasks);
    for (const resource of resources) this.#addResource(resource, resource.statistics());
    for (const [key, tally] of this.#now) observeAll(observe, key, tally);
    for (const [key, tally] of this.#totals) observeAll(observe, key, tally);
  }

  #addTasks(tasks: readonly TaskRecord[]): void {
    // Most tasks of a name share their origin: a look-up by it is cheaper than one by name.
    const groups = new Map<Origin, { count: number; readonly createdAt: number }>();
    for (const { origin, createdAt } of tasks) {
      if (origin.kind === 'request') continue; // OpenTelemetry's instrumentation counts them, and their names have no limit
      const group = groups.get(origin);
      if (group === undefined) groups.set(origin, { count: 1, createdAt });
      else group.count++; // they come in the order of their creation
    }
    const at = now();
    for (const [{ name, kind }, { count, createdAt }] of groups) {
      const attributes = this.#labels.task.of(name, kind);
      this.#add('taskActive', count, attributes);
      if (this.#ending) this.#add('taskLeaked', count, attributes);
      this.#raise('taskOldestAge', (at - createdAt) / 1000, attributes);
    }
  }

  #addResource(resource: ResourceRecord, statistics: ResourceStatistics): void {
    const { name } = resource;
    const labels = this.#labels;
    switch (statistics.kind) {
      case 'lock':
      case 'semaphore':
        return this.#addLock(resource, statistics);
      case 'rwlock':
        return this.#addRWLock(resource, statistics);
      case 'event':
      case 'condition':
      case 'barrier':
        return this.#add('lockPending', statistics.waiters, labels.lock.of(name, lockType(resource)));
      case 'queue': {
        const { depth, capacity, putters, getters, unfinished } = statistics;
        const attributes = labels.queue.of(name);
        if (depth !== null) this.#add('queueSize', depth, attributes);
        if (capacity !== null) this.#add('queueCapacity', capacity, attributes);
        this.#add('queueUnfinished', unfinished, attributes);
        this.#add('queuePending', putters, labels.queueOperation.of(name, 'put'));
        return this.#add('queuePending', getters, labels.queueOperation.of(name, 'get'));
      }
      case 'breaker':
        for (const state of breakerStates) {
          this.#add('breakerStatus', state === statistics.state ? 1 : 0, labels.breaker.of(name, stateWord(state)));
        }
        return this.#count(resource, 'breakerRejected', statistics.refused, labels.breaker.of(name));
      case 'limiter': {
        const attributes = labels.limiter.of(name);
        this.#add('limiterUsage', statistics.used, attributes);
        this.#add('limiterLimit', statistics.limit, attributes);
        this.#add('limiterPending', statistics.waiters, attributes);
        this.#count(resource, 'limiterPassed', statistics.passed, attributes);
        return this.#count(resource, 'limiterRejected', statistics.refused, attributes);
      }
      case 'pool': {
        const { borrowed, idle, pending, most, waiters } = statistics;
        this.#add('poolResources', borrowed, labels.pool.of(name, 'used'));
        this.#add('poolResources', idle, labels.pool.of(name, 'idle'));
        this.#add('poolResources', pending, labels.pool.of(name, 'pending'));
        if (most !== null) this.#add('poolLimit', most, labels.pool.of(name));
        return this.#add('poolPending', waiters, labels.pool.of(name));
      }
      case 'executor': {
        const { type, busy, workers, mostWorkers, queued, capacity } = statistics;
        const attributes = labels.executor.of(name, type);
        this.#add('executorQueueSize', queued, attributes);
        if (capacity !== null) this.#add('executorQueueCapacity', capacity, attributes);
        this.#add('executorThreads', busy, labels.executor.of(name, type, 'busy'));
        this.#add('executorThreads', Math.max(0, workers - busy), labels.executor.of(name, type, 'idle'));
        this.#add('executorThreadLimit', mostWorkers, attributes);
        this.#count(resource, 'executorCompleted', statistics.completed, attributes);
        this.#count(resource, 'executorFailed', statistics.failed, attributes);
        return this.#count(resource, 'executorRejected', statistics.refused, attributes);
      }
      case 'cache': {
        const attributes = labels.cache.of(name);
        this.#add('cacheSize', statistics.size, attributes);
        if (statistics.capacity !== null) this.#add('cacheCapacity', statistics.capacity, attributes);
        this.#add('cacheLoading', statistics.loading, attributes);
        const { hits, stale, misses, evicted } = statistics;
        for (const [result, count] of Object.entries({ hit: hits - stale, stale, miss: misses })) {
          this.#count(resource, 'cacheRequests', count, labels.cache.of(name, result), result);
        }
        return this.#count(resource, 'cacheEvictions', evicted, attributes);
      }
      case 'client':
        return this.#add('clientPending', statistics.pending, labels.client.of(name));
      case 'errors': // counted one by one
      case 'iterator':
      case 'retry':
      case 'stream': // no metrics of their own
    }
  }

  #addLock(resource: ResourceRecord, { kind, permits, held, waiters }: LockStatistics): void {
    const { name } = resource;
    const attributes = this.#labels.lock.of(name, lockType(resource));
    this.#add('lockPending', waiters, attributes);
    this.#add('lockHeld', held, attributes);
    this.#raiseOldestHold(resource, attributes);
    if (kind !== 'semaphore') return;
    const ofPermits = this.#labels.lock.of(name);
    this.#add('permitUsage', held, ofPermits);
    if (permits !== null && permits !== Infinity) this.#add('permitLimit', permits, ofPermits);
  }

  #addRWLock(resource: ResourceRecord, state: RWLockStatistics): void {
    const { name } = resource;
    const { lock, lockMode } = this.#labels;
    this.#add('lockPending', state.waitingReaders, lockMode.of(name, 'rwlock', 'read'));
    this.#add('lockPending', state.waitingWriters, lockMode.of(name, 'rwlock', 'write'));
    this.#add('lockHeld', state.readers, lockMode.of(name, 'rwlock', 'read'));
    this.#add('lockHeld', state.writers, lockMode.of(name, 'rwlock', 'write'));
    this.#raiseOldestHold(resource, lock.of(name, 'rwlock'));
  }

  /** Holders come oldest first. */
  #raiseOldestHold(resource: ResourceRecord, attributes: Attributes): void {
    for (const { since } of resource.holders()) {
      this.#raise('lockOldestHold', (now() - since) / 1000, attributes);
      return;
    }
  }

  /** Resources of the same name are added up. */
  #add(key: ObservedKey, value: number, attributes: Attributes): void {
    this.#tally(this.#now, key).add(attributes, value);
  }

  #raise(key: ObservedKey, value: number, attributes: Attributes): void {
    this.#tally(this.#now, key).raise(attributes, value);
  }

  /** A number that the resource itself counts: what came to it since the last look is added to that of its name. */
  #count(resource: ResourceRecord, key: ObservedKey, value: number, attributes: Attributes, sort = ''): void {
    let last = this.#last.get(resource);
    if (last === undefined) this.#last.set(resource, (last = new Map()));
    const id = key + sort;
    this.#tally(this.#totals, key).add(attributes, Math.max(0, value - (last.get(id) ?? 0)));
    last.set(id, value);
  }

  #tally(tallies: Map<ObservedKey, Tally>, key: ObservedKey): Tally {
    let tally = tallies.get(key);
    if (tally === undefined) tallies.set(key, (tally = new Tally()));
    return tally;
  }
}
