// How many spans there may be of what a program may do a hundred thousand times a second.

const windowMs = 250;

export interface SpanBudgetOptions {
  readonly maxPerSecond: number;
  /** The most waits that are remembered until they end. */
  readonly maxOpen: number;
}

/** Shared by the spans of all operations; counts those that get none. */
export class SpanBudget {
  readonly #maxInWindow: number;
  readonly #maxOpen: number;
  #windowStart = -Infinity;
  #inWindow = 0;
  #open = 0;
  /** Operations without a span because there were too many a second or too many open. */
  dropped = 0;

  constructor({ maxPerSecond, maxOpen }: SpanBudgetOptions) {
    this.#maxInWindow = (maxPerSecond * windowMs) / 1000;
    this.#maxOpen = maxOpen;
  }

  /** Whether there may be another span now. */
  take(at: number): boolean {
    if (at - this.#windowStart >= windowMs) {
      this.#windowStart = at;
      this.#inWindow = 0;
    }
    if (this.#inWindow >= this.#maxInWindow) {
      this.dropped++;
      return false;
    }
    this.#inWindow++;
    return true;
  }

  /** Whether another wait may be remembered; `close` when it has ended. */
  open(): boolean {
    if (this.#open >= this.#maxOpen) {
      this.dropped++;
      return false;
    }
    this.#open++;
    return true;
  }

  close(): void {
    this.#open--;
  }
}
