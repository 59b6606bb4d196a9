// Moments on the runtime clock as times of spans. Left to itself the SDK cuts starts to whole milliseconds, and a number
// on the runtime clock it moves by up to one millisecond, differently for each span: children would start before parents.
import { now, wallTime } from '../../runtime/clock.ts';

// A step of this size is a clock that was set or a machine that slept, and no rounding.
const stepMs = 50;
const betweenReadingsMs = 5;
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
    if (Math.abs(wallNow() - this.at(moment)) > stepMs) this.#correct();
    return this.at(moment);
  }

  /** The moment may lie back: what counts is two clocks that were read at once, with no other process in between. */
  #correct(): void {
    const [before, wall, after] = [now(), wallNow(), now()];
    const drift = wall - this.at(after);
    if (after - before < betweenReadingsMs && Math.abs(drift) > stepMs) this.#correction += drift;
  }
}
