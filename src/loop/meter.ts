// The loop meter: how long every turn of the loop is busy, without waking a loop that is idle. An un-ref'd immediate runs
// once a turn, whenever there is one, and Node counts the time that the loop spends waiting for events.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { LoopStatistics } from '../channels/loop.ts';
import { now } from '../runtime/clock.ts';
import { observeGc, type GcObserver, type OnPause } from './gc.ts';
import { processorWait } from './processor-wait.ts';
import { TurnHistogram } from './turn-histogram.ts';
import { TurnSample } from './turn-sample.ts';

/** What runs while a loop is measured. */
export interface LoopMeter {
  /** What the loop did since it is measured, the turn that runs now included. */
  statistics(): LoopStatistics;
  /** Ends it; the statistics stay as they are. May be called twice. */
  stop(): void;
}

// An immediate a turn costs 1 µs or more, which a loop of more than 5,000 turns a second would notice: there the meter looks
// at some turns, rests, and looks again. A shorter rest costs more: each wait of the loop would have to arm a timer.
const fastTurnMs = 0.2;
const restMs = 20;

const { setImmediate, setTimeout, clearTimeout, clearImmediate } = globalThis; // before anybody fakes the timers
const { nodeTiming } = performance;
/** Runs in the context in which this module was loaded: an immediate would keep that of a task alive. */
const outside = AsyncLocalStorage.snapshot();

/**
 * Measures this thread's loop from its next turn on: what runs before that, such as the load of the program, is no turn.
 * @param onPause called for each garbage collection
 */
export function startMeter(onPause?: OnPause): LoopMeter {
  return new Meter(onPause);
}

class Meter implements LoopMeter {
  readonly #histogram = new TurnHistogram();
  readonly #sample = new TurnSample();
  readonly #gc: GcObserver;
  /** What there was when the first turn began. */
  #start: {
    readonly at: number;
    readonly idleMs: number;
    readonly turns: number;
    readonly waitMs: number | null;
  } | null = null;
  /** The last look. */
  #at = 0;
  #idleMs = 0;
  #immediate: NodeJS.Immediate;
  #rest: NodeJS.Timeout | undefined;
  #isResting = false;
  #final: LoopStatistics | null = null;

  constructor(onPause?: OnPause) {
    this.#gc = observeGc(onPause);
    this.#immediate = outside(() => setImmediate(this.#begin)).unref();
  }

  readonly #begin = (): void => {
    this.#look();
    const { loopCount } = nodeTiming.uvMetricsInfo;
    this.#start = { at: this.#at, idleMs: this.#idleMs, turns: loopCount, waitMs: processorWait() };
    this.#next();
  };

  readonly #turn = (): void => {
    const before = this.#at;
    const busyMs = this.#look();
    if (this.#at - before < fastTurnMs) {
      this.#sample.push(busyMs);
      if (this.#sample.isFull) return this.#startRest();
    } else {
      this.#histogram.add(busyMs);
      this.#sample.addTo(this.#histogram);
      this.#sample.clear();
    }
    this.#next();
  };

  readonly #endRest = (): void => {
    this.#isResting = false;
    this.#sample.addRestTo(this.#histogram, this.#look());
    this.#sample.clear();
    this.#next();
  };

  #next(): void {
    this.#immediate = setImmediate(this.#turn).unref();
  }

  #startRest(): void {
    this.#isResting = true;
    this.#sample.addTo(this.#histogram);
    if (this.#rest === undefined) this.#rest = setTimeout(this.#endRest, restMs).unref();
    else this.#rest.refresh();
  }

  /** How long the loop was busy since the last look. */
  #look(): number {
    const busyMs = this.#busySinceLook();
    this.#at = now();
    this.#idleMs = nodeTiming.idleTime;
    return busyMs;
  }

  #busySinceLook(): number {
    return Math.max(0, now() - this.#at - (nodeTiming.idleTime - this.#idleMs));
  }

  statistics(): LoopStatistics {
    return this.#final ?? this.#read();
  }

  #read(): LoopStatistics {
    const histogram = this.#histogram.copy();
    const gc = this.#gc.statistics();
    const start = this.#start;
    if (start === null) {
      const nothing = { observedMs: 0, turns: 0, utilization: 0, processorWaitMs: null };
      return Object.freeze({ ...nothing, delay: histogram.delay(0), gc });
    }
    if (this.#isResting) this.#sample.addRestTo(histogram, this.#busySinceLook());
    else {
      this.#sample.addTo(histogram);
      histogram.add(this.#busySinceLook());
    }
    const observedMs = now() - start.at;
    const idleMs = nodeTiming.idleTime - start.idleMs;
    const waitMs = processorWait();
    return Object.freeze({
      observedMs,
      turns: nodeTiming.uvMetricsInfo.loopCount - start.turns,
      delay: histogram.delay(observedMs),
      utilization: Math.min(1, Math.max(0, 1 - idleMs / observedMs)),
      processorWaitMs: waitMs === null || start.waitMs === null ? null : waitMs - start.waitMs,
      gc,
    });
  }

  stop(): void {
    this.#final ??= this.#read();
    this.#gc.stop();
    clearImmediate(this.#immediate);
    clearTimeout(this.#rest);
  }
}
