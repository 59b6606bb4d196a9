// Metrics of what happened at queues: how long items were in them, and how long work on them took.
import type { QueueMoment, QueueOperation, ResourceRecord } from '../../channels/resource.ts';
import type { WaitRecord } from '../../channels/wait.ts';
import { now } from '../../runtime/clock.ts';
import { observeAll, type Instruments, type Observe } from './metrics-instruments.ts';
import type { Labels } from './metrics-labels.ts';
import { Tally } from './metrics-names.ts';
import { outcomeWord } from '../outcomes.ts';

const lookForStaleEvery = 1024;
const takersKept = 1000;

/** What is known of one queue. */
interface QueueTimes {
  /** When each item that is in it was put. */
  readonly puts: Map<number, number>;
  /** When each task took its last item that is not done. */
  readonly takes: Map<number, number>;
}

/** Records what happens at queues. */
export class QueueMetrics {
  readonly #instruments: Instruments;
  readonly #labels: Labels;
  readonly #maxItems: number;
  readonly #times = new WeakMap<ResourceRecord, QueueTimes>();
  readonly #enqueued = new Tally();
  readonly #rejected = new Tally();
  /** Items whose times are not known because too many were in their queue. */
  dropped = 0;

  constructor(instruments: Instruments, labels: Labels, maxItems: number) {
    this.#instruments = instruments;
    this.#labels = labels;
    this.#maxItems = maxItems;
  }

  waited({ kind, outcome, since }: WaitRecord, { name }: ResourceRecord): void {
    if ((kind !== 'put' && kind !== 'get') || outcome === null) return;
    const attributes = this.#labels.queueOutcome.of(name, outcomeWord(outcome));
    this.#instruments.record(kind === 'put' ? 'queuePutDuration' : 'queueGetDuration', now() - since, attributes);
  }

  put({ queue, item }: QueueOperation): void {
    this.#enqueued.add(this.#labels.queue.of(queue.name));
    const { puts } = this.#timesOf(queue);
    if (puts.size < this.#maxItems) puts.set(item, now());
    else if (++this.dropped % lookForStaleEvery === 0 && (queue.statistics() as { depth?: number }).depth === 0) {
      puts.clear(); // of items that were thrown away rather than taken
    }
  }

  taken({ queue, item, task }: QueueOperation): void {
    const { puts, takes } = this.#timesOf(queue);
    const at = now();
    const putAt = puts.get(item);
    if (putAt !== undefined) {
      puts.delete(item);
      this.#instruments.record('queueItemWaitTime', at - putAt, this.#labels.queue.of(queue.name));
    }
    // Most programs never say that an item is done: the oldest makes room.
    if (takes.size >= takersKept) takes.delete(takes.keys().next().value as number);
    takes.set(task.id, at);
  }

  done({ queue, task }: QueueMoment): void {
    const { takes } = this.#timesOf(queue);
    const takenAt = takes.get(task.id);
    if (takenAt === undefined) return; // done by another than who took it
    takes.delete(task.id);
    this.#instruments.record('queueProcessDuration', now() - takenAt, this.#labels.queue.of(queue.name));
  }

  refused({ queue }: QueueMoment): void {
    this.#rejected.add(this.#labels.queue.of(queue.name));
  }

  observe(observe: Observe): void {
    observeAll(observe, 'queueEnqueued', this.#enqueued);
    observeAll(observe, 'queueRejected', this.#rejected);
  }

  #timesOf(queue: ResourceRecord): QueueTimes {
    let times = this.#times.get(queue);
    if (times === undefined) this.#times.set(queue, (times = { puts: new Map(), takes: new Map() }));
    return times;
  }
}
