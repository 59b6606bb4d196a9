// Metrics of what happened at locks, pools and the like: recorded when a wait or a hold ends, or something was told.
import type { Hold, PoolCreation, BreakerChange, ErrorCount, ResourceRecord } from '../../channels/resource.ts';
import type { BreakerState } from '../../channels/statistics.ts';
import type { WaitRecord } from '../../channels/wait.ts';
import { now } from '../../runtime/clock.ts';
import { observeAll, type Instruments, type Observe } from './metrics-instruments.ts';
import type { Labels } from './metrics-labels.ts';
import { Tally } from './metrics-names.ts';
import { errorTypeOf, outcomeWord } from '../outcomes.ts';

/** `half-open` is `half_open` in attributes. */
export function stateWord(state: BreakerState): string {
  return state === 'half-open' ? 'half_open' : state;
}

/** A lock is a mutex in telemetry. */
export function lockType({ kind }: ResourceRecord): string {
  return kind === 'lock' ? 'mutex' : kind;
}

/** Records what happens at resources other than queues. */
export class OperationMetrics {
  readonly #instruments: Instruments;
  readonly #labels: Labels;
  readonly #contentions = new Tally();
  readonly #lockTimeouts = new Tally();
  readonly #poolTimeouts = new Tally();
  readonly #changes = new Tally();
  readonly #errors = new Tally();

  constructor(instruments: Instruments, labels: Labels) {
    this.#instruments = instruments;
    this.#labels = labels;
  }

  waited({ kind, outcome, since }: WaitRecord, on: ResourceRecord): void {
    if (outcome === null) return;
    const waitedMs = now() - since;
    const word = outcomeWord(outcome);
    const { lock, lockOutcome, pool, poolOutcome, limiterOutcome, executor, clientOutcome } = this.#labels;
    switch (on.kind) {
      case 'lock':
      case 'semaphore':
      case 'rwlock':
      case 'event':
      case 'condition':
      case 'barrier': {
        const type = lockType(on);
        this.#instruments.record('lockWaitTime', waitedMs, lockOutcome.of(on.name, type, word));
        this.#contentions.add(lock.of(on.name, type));
        if (outcome === 'timed out') this.#lockTimeouts.add(lock.of(on.name, type));
        return;
      }
      case 'pool':
        this.#instruments.record('poolWaitTime', waitedMs, poolOutcome.of(on.name, word));
        if (outcome === 'timed out') this.#poolTimeouts.add(pool.of(on.name));
        return;
      case 'limiter':
        this.#instruments.record('limiterWaitTime', waitedMs, limiterOutcome.of(on.name, word));
        return;
      case 'executor':
        if (kind === 'start') this.#instruments.record('executorWaitTime', waitedMs, executor.of(on.name));
        return;
      case 'client':
        this.#instruments.record('clientDuration', waitedMs, clientOutcome.of(on.name, word));
        return;
      default: // nothing is known of waits for others that a metric could say
    }
  }

  released({ resource, since, mode }: Hold): void {
    const heldMs = now() - since;
    const { name, kind } = resource;
    const { lockMode, pool, executor, queue } = this.#labels;
    switch (kind) {
      case 'lock':
      case 'semaphore':
      case 'rwlock':
        this.#instruments.record('lockHoldTime', heldMs, lockMode.of(name, lockType(resource), mode));
        return;
      case 'pool':
        this.#instruments.record('poolUseTime', heldMs, pool.of(name));
        return;
      case 'executor':
        this.#instruments.record('executorDuration', heldMs, executor.of(name));
        return;
      case 'queue':
        this.#instruments.record('queueProcessDuration', heldMs, queue.of(name));
        return;
      default: // others are not held
    }
  }

  breakerChanged({ breaker, from, to }: BreakerChange): void {
    this.#changes.add(this.#labels.breaker.of(breaker.name, stateWord(to), stateWord(from)));
  }

  poolCreated({ pool, durationMs, error }: PoolCreation): void {
    const type = error === undefined ? undefined : this.#labels.errorTypes.cap(errorTypeOf(error));
    this.#instruments.record('poolCreateTime', durationMs, this.#labels.poolError.of(pool.name, type));
  }

  errorCounted({ manager, errorKind }: ErrorCount): void {
    this.#errors.add(this.#labels.errors.of(manager.name, this.#labels.errorKinds.cap(errorKind)));
  }

  observe(observe: Observe): void {
    observeAll(observe, 'lockContentions', this.#contentions);
    observeAll(observe, 'lockTimeouts', this.#lockTimeouts);
    observeAll(observe, 'poolTimeouts', this.#poolTimeouts);
    observeAll(observe, 'breakerChanges', this.#changes);
    observeAll(observe, 'errors', this.#errors);
  }
}
