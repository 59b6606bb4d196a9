// The loop meter: how long every turn of the loop is busy, without waking a loop that is idle. An un-ref'd immediate runs
// once a turn, whenever there is one, and Node counts the time that the loop spends waiting for events.
import type { LoopStatistics } from '../channels/loop.ts';
import { now } from '../runtime/clock.ts';
import { ownTimeMs } from '../runtime/own-time.ts';
import { observeGc, type GcObserver, type OnPause } from './gc.ts';
import { LostIdle } from './lost-idle.ts';
import { ownScheduling } from './scheduling.ts';
import { TurnHistogram } from './turn-histogram.ts';
import { sampleSize, TurnSample } from './turn-sample.ts';
import { outside } from '../runtime/outside.ts';

/** What runs while a loop is measured. */
export interface LoopMeter {
  /** What the loop did since it is measured, the turn that runs now included. */
  statistics(): LoopStatistics;
  /** Ends it; the statistics stay as they are. May be called twice. */
  stop(): void;
}

// An immediate a turn costs 1 µs or more, which a loop of more than 5,000 turns a second would notice: there the meter looks
// at some turns, rests, and looks again. A shorter rest costs more: each wait of the loop would have to arm a timer.
const fastSampleMs = sampleSize / 5;
const restMs = 50;
const lookForIdleMs = 5;
const lookForIdleProfiledMs = 0.5;

const { setImmediate, setTimeout, clearTimeout, clearImmediate } = globalThis; // before anybody fakes the timers
const { nodeTiming } = performance;

export interface MeterOptions {
  /** Called for each garbage collection. */
  readonly onPause?: OnPause;
  /** A CPU profiler interrupts the thread each millisecond. Default false. */
  readonly isProfiled?: boolean;
}

/**
 * Measures this thread's loop from its next turn on: what runs before that, such as the load of the program, is no turn.
 */
export function startMeter(options: MeterOptions = {}): LoopMeter & BlockConfirmation & LoopReader {
  return new Meter(options);
}

/** For who sees what blocks the loop. */
export interface BlockConfirmation {
  /** The loop was blocked: a thread that sleeps in a synchronous call looks idle to the meter. */
  confirmBlock(since: number, durationMs: number): void;
}

/** For who follows a loop over time. */
export interface LoopReader {
  /** What only grows, in milliseconds; null before the first turn. */
  read(): LoopReading | null;
}

/** See `LoopReader`. */
export interface LoopReading {
  readonly observedMs: number;
  readonly busyMs: number;
  /** Σ max(0, busy − x) over all turns: how long it was that whoever arrived had to wait for longer than x. */
  delayedBeyond(x: number): number;
}

class Meter implements LoopMeter, BlockConfirmation, LoopReader {
  readonly #histogram = new TurnHistogram();
  readonly #sample = new TurnSample();
  readonly #lostIdle: LostIdle;
  readonly #gc: GcObserver;
  /** What there was when the first turn began. */
  #start: {
    readonly at: number;
    readonly idleMs: number;
    readonly ownMs: number;
    readonly turns: number;
    readonly waitMs: number | null;
  } | null = null;
  /** The last look. */
  #at = 0;
  #idleMs = 0;
  #ownMs = 0;
  #immediate: NodeJS.Immediate;
  #rest: NodeJS.Timeout | undefined;
  #isResting = false;
  #final: LoopStatistics | null = null;

  constructor({ onPause, isProfiled = false }: MeterOptions) {
    this.#lostIdle = new LostIdle(isProfiled ? lookForIdleProfiledMs : lookForIdleMs);
    this.#gc = observeGc(onPause);
    this.#immediate = outside(() => setImmediate(this.#begin)).unref();
  }

  readonly #begin = (): void => {
    this.#look();
    const { loopCount } = nodeTiming.uvMetricsInfo;
    const waitMs = ownScheduling()?.waitMs ?? null;
    this.#start = { at: this.#at, idleMs: this.#idleMs, ownMs: this.#ownMs, turns: loopCount, waitMs };
    this.#next();
  };

  readonly #turn = (): void => {
    const busyMs = this.#look();
    this.#histogram.add(busyMs - this.#lostIdle.within(busyMs, this.#at));
    this.#sample.push(busyMs, this.#at);
    if (!this.#sample.isFull) return this.#next();
    if (this.#sample.tookMs < fastSampleMs) return this.#startRest();
    this.#sample.clear();
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
    if (this.#rest === undefined) this.#rest = setTimeout(this.#endRest, restMs).unref();
    else this.#rest.refresh();
  }

  /** How long the loop was busy since the last look. */
  #look(): number {
    const busyMs = this.#busySinceLook();
    this.#at = now();
    this.#idleMs = nodeTiming.idleTime;
    this.#ownMs = ownTimeMs();
    return busyMs;
  }

  /** Without the time of reports, in which the program stood still. */
  #busySinceLook(): number {
    const ownMs = ownTimeMs() - this.#ownMs;
    return Math.max(0, now() - this.#at - ownMs - (nodeTiming.idleTime - this.#idleMs));
  }

  confirmBlock(since: number, durationMs: number): void {
    if (this.#lostIdle.confirm(since, durationMs) > 0) this.#histogram.add(durationMs);
  }

  statistics(): LoopStatistics {
    return this.#final ?? this.#read();
  }

  read(): LoopReading | null {
    if (this.#start === null) return null;
    const { observedMs, utilization } = this.statistics();
    const histogram = this.#histogram;
    return { observedMs, busyMs: observedMs * utilization, delayedBeyond: (x) => histogram.beyond(x) };
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
    else histogram.add(this.#busySinceLook());
    const observedMs = now() - start.at - (ownTimeMs() - start.ownMs);
    const idleMs = nodeTiming.idleTime - start.idleMs + this.#lostIdle.totalMs;
    const waitMs = ownScheduling()?.waitMs ?? null;
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
