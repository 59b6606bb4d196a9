// The gradient of latency: what a call takes without load, divided by what it takes now, is the part of the limit that the
// service can bear. After "Gradient" of Netflix's concurrency-limits and the gradient controller of Envoy's adaptive concurrency:
// limit = limit × gradient + headroom, and now and then the latency without load is measured anew, at a low limit. The long-term
// average of Netflix's "Gradient2" is not used: where demand is constant it follows the queue which the limit itself has built,
// and the limit grows to its bound.
import { backoffRatio, within, type LimitAlgorithm, type LimitBounds, type LimitSample } from './limit-algorithm.ts';

/** Envoy's minimum concurrency: the limit while the latency without load is measured. */
const measuringLimit = 3;
const leastSamples = 50;
/** Enough for a standard error of 5 % where times are exponential. */
const mostMeasuringSamples = 400;
const wantedError = 0.05;
const leastGradient = 0.5;
const mostGradient = 1.5;
const smoothing = 0.5;
/** Netflix and Envoy take the root of the limit, which for a limit of 20 is more than a fifth. */
const headroomRatio = 0.05;
/** Services that are measured by many programs are not to be measured by all at once. */
const jitter = 0.15;

export class Gradient implements LimitAlgorithm {
  readonly #bounds: LimitBounds;
  readonly #tolerance: number;
  readonly #measureEvery: number;
  /** The limit, which is not in force while latency without load is measured. */
  #estimate: number;
  /** Milliseconds without load; null before the first measurement. */
  #baseline: number | null = null;
  #measuring = true;
  #measureAt = Infinity;
  #samples = 0;
  #totalMs = 0;
  #totalSquares = 0;
  #mostInFlight = 0;
  /** When measuring began or ended: calls that began before met another load. */
  #since = -Infinity;
  #backedOff = false;

  constructor(initial: number, bounds: LimitBounds, tolerance: number, measureEvery: number) {
    this.#estimate = within(initial, bounds);
    this.#bounds = bounds;
    this.#tolerance = tolerance;
    this.#measureEvery = measureEvery;
  }

  get limit(): number {
    return this.#measuring ? Math.min(this.#estimate, Math.max(measuringLimit, this.#bounds.least)) : this.#estimate;
  }

  add({ latencyMs, startedAt, inFlight, overloaded }: LimitSample, at: number): void {
    if (overloaded) this.#backOff();
    if (startedAt < this.#since || (this.#measuring && inFlight > this.limit)) return;
    this.#mostInFlight = Math.max(this.#mostInFlight, inFlight);
    if (!overloaded) {
      this.#samples++;
      this.#totalMs += latencyMs;
      this.#totalSquares += latencyMs ** 2;
    }
    if (this.#measuring) {
      if (this.#isKnown()) this.#endMeasuring(at);
    } else if (at >= this.#measureAt) {
      this.#measuring = true;
      this.#since = at;
      this.#begin();
    } else if (this.#samples >= Math.max(leastSamples, this.#estimate)) {
      this.#update();
      this.#begin();
    }
  }

  /** Once for each window: one burst of errors is one sign. */
  #backOff(): void {
    if (this.#backedOff) return;
    this.#backedOff = true;
    this.#estimate = within(this.#estimate * backoffRatio, this.#bounds);
  }

  /** Whether the mean of the samples is known well enough. */
  #isKnown(): boolean {
    const count = this.#samples;
    if (count < leastSamples || count >= mostMeasuringSamples) return count >= leastSamples;
    const mean = this.#totalMs / count;
    const variance = this.#totalSquares / count - mean ** 2;
    return variance <= (wantedError * mean) ** 2 * count;
  }

  #endMeasuring(at: number): void {
    this.#baseline = this.#totalMs / this.#samples;
    this.#measuring = false;
    this.#measureAt = at + this.#measureEvery * (1 + jitter * Math.random());
    this.#since = at;
    this.#begin();
  }

  #update(): void {
    if (this.#backedOff) return;
    const latencyMs = this.#totalMs / this.#samples;
    const ratio = latencyMs === 0 ? 1 : (this.#tolerance * (this.#baseline ?? latencyMs)) / latencyMs;
    const gradient = Math.max(leastGradient, Math.min(mostGradient, ratio));
    const headroom = Math.max(1, this.#estimate * headroomRatio);
    const next = this.#estimate * gradient + headroom;
    // where the program needs less than half of it, nothing is known of more
    if (next > this.#estimate && this.#mostInFlight * 2 < this.#estimate) return;
    this.#estimate = within(this.#estimate + smoothing * (next - this.#estimate), this.#bounds);
  }

  #begin(): void {
    this.#samples = 0;
    this.#totalMs = 0;
    this.#totalSquares = 0;
    this.#mostInFlight = 0;
    this.#backedOff = false;
  }
}
