// Moments on the runtime clock as times of spans. Left to itself the SDK cuts starts to whole milliseconds, and a number
// on the runtime clock it moves by up to one millisecond, differently for each span: children would start before parents.
import { wallTime } from '../runtime/clock.ts';

// A step of this size is a clock that was set or a machine that slept, and no rounding.
const stepMs = 50;
const wallNow = Date.now;

/** Milliseconds since 1970 with fractions, which the API takes as they are. */
export class SpanTime {
  #correction = 0;

  /** The time of a moment, for ends of spans and starts that lie back. */
  at(moment: number): number {
    return wallTime(moment) + this.#correction;
  }

  /** The time of the present moment, for starts: follows the wall clock where it stepped. */
  follow(moment: number): number {
    const drift = wallNow() - this.at(moment);
    if (Math.abs(drift) > stepMs) this.#correction += drift;
    return this.at(moment);
  }
}
