// Metrics of the event loop. The loop is measured by its turns, and not by a timer which would wake it: what would have
// arrived at every moment of that time is worked out when somebody collects.
import type { BlockRecord } from '../../channels/loop.ts';
import { metricTable } from './metrics-table.ts';
import { observeAll, type Instruments, type Observe } from './metrics-instruments.ts';
import type { Labels } from './metrics-labels.ts';
import { Tally } from './metrics-names.ts';

/** What is read of a loop that is measured. All numbers only grow. Milliseconds. */
export interface LoopReading {
  readonly observedMs: number;
  readonly busyMs: number;
  /** Σ max(0, busy − x) over all turns: how long whoever arrived then was to wait for longer than x. */
  delayedBeyond(milliseconds: number): number;
}

const arrivalEveryMs = 10;
const mostArrivals = 1000;
// With two readers each would get what passed since the other one's look: a share of so little time says nothing.
const shortestMs = 1000;
const boundariesMs = metricTable.loopDelay.boundaries?.map((seconds) => seconds * 1000) ?? [];
const nothing = {};

/** Records blocks, and what a reading says. */
export class LoopMetrics {
  readonly #instruments: Instruments;
  readonly #labels: Labels;
  readonly #blocks = new Tally();
  #observedMs = 0;
  #busyMs = 0;
  #utilization: number | null = null;
  /** For each bucket, what the last looks said, and the parts of arrivals that are due. */
  #beyond: number[] = [];
  readonly #due: number[] = new Array<number>(boundariesMs.length + 1).fill(0);

  constructor(instruments: Instruments, labels: Labels) {
    this.#instruments = instruments;
    this.#labels = labels;
  }

  blocked({ kind, durationMs }: BlockRecord): void {
    const attributes = this.#labels.block.of(kind);
    this.#blocks.add(attributes);
    this.#instruments.record('loopBlockDuration', durationMs, attributes);
  }

  observe(observe: Observe, reading: LoopReading | null): void {
    observeAll(observe, 'loopBlocks', this.#blocks);
    if (reading === null) return;
    const passedMs = reading.observedMs - this.#observedMs;
    if (passedMs >= shortestMs || this.#utilization === null) {
      if (passedMs > 0) this.#utilization = Math.min(1, Math.max(0, (reading.busyMs - this.#busyMs) / passedMs));
      this.#recordDelays(reading, passedMs);
      this.#observedMs = reading.observedMs;
      this.#busyMs = reading.busyMs;
    }
    if (this.#utilization !== null) observe('loopUtilization', this.#utilization);
  }

  /** Of the arrivals in a time, the share between two boundaries is what `delayedBeyond` them differs by. */
  #recordDelays(reading: LoopReading, passedMs: number): void {
    const beyond = boundariesMs.map((boundary) => reading.delayedBeyond(boundary));
    const grown = [passedMs, ...beyond.map((now, index) => Math.max(0, now - (this.#beyond[index] ?? 0)))];
    const perMs = Math.min(1 / arrivalEveryMs, mostArrivals / passedMs);
    for (let bucket = 0; bucket < grown.length; bucket++) {
      const shareMs = Math.max(0, (grown[bucket] as number) - (grown[bucket + 1] ?? 0));
      const due = (this.#due[bucket] as number) + shareMs * perMs;
      const whole = Math.floor(due);
      this.#due[bucket] = due - whole;
      for (let arrival = 0; arrival < whole; arrival++)
        this.#instruments.record('loopDelay', middleOf(bucket), nothing);
    }
    this.#beyond = beyond;
  }
}

/** What stands for the delays of a bucket. Most of those in the first arrived while the loop was idle. */
function middleOf(bucket: number): number {
  if (bucket === 0) return 0;
  const from = boundariesMs[bucket - 1] as number;
  return bucket === boundariesMs.length ? from * 1.5 : (from + (boundariesMs[bucket] as number)) / 2;
}
