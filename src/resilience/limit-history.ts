// What a limit was over time: the last so many changes.
import { Ring } from '../primitives/queues/ring.ts';

/** From this moment the limit was this. */
export interface LimitChange {
  /** Milliseconds on the runtime clock. */
  readonly at: number;
  readonly limit: number;
}

export interface LimitHistory {
  /** Oldest first, the last 500. */
  readonly changes: readonly LimitChange[];
  /** How many changes were before these. */
  readonly dropped: number;
}

const most = 500;

export class LimitChanges {
  readonly #ring = new Ring<LimitChange>();
  #dropped = 0;

  add(at: number, limit: number): void {
    this.#ring.push(Object.freeze({ at, limit }));
    if (this.#ring.size <= most) return;
    this.#ring.shift();
    this.#dropped++;
  }

  history(): LimitHistory {
    const changes: LimitChange[] = [];
    for (let left = this.#ring.size; left > 0; left--) {
      const change = this.#ring.shift();
      changes.push(change);
      this.#ring.push(change);
    }
    return Object.freeze({ changes: Object.freeze(changes), dropped: this.#dropped });
  }
}
