// Metrics of what tasks did: recorded when one starts, settles, or waits before its next attempt.
import type { ResourceRecord } from '../../channels/resource.ts';
import type { TaskRecord } from '../../channels/task.ts';
import type { WaitRecord } from '../../channels/wait.ts';
import { now } from '../../runtime/clock.ts';
import { observeAll, type Instruments, type Observe } from './metrics-instruments.ts';
import type { Labels } from './metrics-labels.ts';
import { Tally } from './metrics-names.ts';
import { errorTypeOf, isFailure, outcomeWord, retryOutcome } from '../outcomes.ts';

// Tasks know when they were created in whole milliseconds, cut: on average that is so much too early.
const cutMs = 0.5;
const breakersKept = 1000;

/** Records what happens to tasks, task groups, retries and their attempts, and calls through breakers. */
export class TaskMetrics {
  readonly #instruments: Instruments;
  readonly #labels: Labels;
  /** Calls through a breaker have its name. */
  readonly #breakers = new Set<string>();
  readonly #attempts = new Tally();
  readonly #exhausted = new Tally();

  constructor(instruments: Instruments, labels: Labels) {
    this.#instruments = instruments;
    this.#labels = labels;
  }

  resourceCreated({ kind, name }: ResourceRecord): void {
    if (kind === 'breaker' && this.#breakers.size < breakersKept) this.#breakers.add(name);
  }

  started({ origin, createdAt }: TaskRecord): void {
    this.#instruments.record('taskWaitTime', now() - createdAt - cutMs, this.#labels.task.of(origin.name, origin.kind));
  }

  settled(task: TaskRecord): void {
    const { settlement, createdAt, origin } = task;
    if (settlement === null) return;
    const { kind, name } = origin;
    const durationMs = now() - createdAt - cutMs;
    const outcome = outcomeWord(settlement.outcome);
    const error = isFailure(settlement.outcome)
      ? this.#labels.errorTypes.cap(errorTypeOf(settlement.error))
      : undefined;
    const { group, retryOutcome: ofRetry, retryError, breakerOutcome, task: ofTask } = this.#labels;
    switch (kind) {
      case 'group':
        this.#instruments.record('groupDuration', durationMs, group.of(name, outcome, error));
        return;
      case 'retry':
        this.#instruments.record('retryDuration', durationMs, ofRetry.of(name, retryOutcome(task), error));
        if (retryOutcome(task) === 'exhausted') this.#exhausted.add(this.#labels.retry.of(name));
        return;
      case 'call':
        if (!this.#breakers.has(name)) break; // through a cache, or within a policy
        this.#instruments.record('breakerCallDuration', durationMs, breakerOutcome.of(name, outcome, error));
        return;
      case 'attempt':
        this.#attempts.add(retryError.of(name, error));
        break;
      default:
    }
    this.#instruments.record('taskDuration', durationMs, ofTask.of(name, kind, outcome, error));
  }

  /** A retry has waited before its next attempt. */
  delayed({ task, on, since }: WaitRecord): void {
    const name = on !== null && !('origin' in on) ? on.name : task.origin.name;
    this.#instruments.record('retryDelay', now() - since, this.#labels.retry.of(name));
  }

  observe(observe: Observe): void {
    observeAll(observe, 'retryAttempts', this.#attempts);
    observeAll(observe, 'retryExhausted', this.#exhausted);
  }
}
