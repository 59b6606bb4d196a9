// How many of the calls of late failed: of the last so many, or within the last so many milliseconds. Constant in time and
// memory.

/** Counts of calls; what is past the window is forgotten. Times are milliseconds on the runtime clock. */
export interface CallWindow {
  readonly calls: number;
  readonly failures: number;
  add(failed: boolean, at: number): void;
  /** Forgets what is past the window by now. */
  expire(at: number): void;
  clear(): void;
}

/** The last `size` calls. */
export class LastCalls implements CallWindow {
  readonly #failed: Uint8Array;
  #next = 0;
  calls = 0;
  failures = 0;

  constructor(size: number) {
    this.#failed = new Uint8Array(size);
  }

  add(failed: boolean): void {
    const bit = failed ? 1 : 0;
    if (this.calls === this.#failed.length) this.failures -= this.#failed[this.#next] as number;
    else this.calls++;
    this.#failed[this.#next] = bit;
    this.failures += bit;
    this.#next = (this.#next + 1) % this.#failed.length;
  }

  expire(): void {
    // however old they are
  }

  clear(): void {
    this.calls = 0;
    this.failures = 0;
    this.#next = 0;
  }
}

const slices = 10;

/** The calls within the last `milliseconds`, in steps of a tenth of it. */
export class RecentCalls implements CallWindow {
  readonly #sliceMs: number;
  readonly #calls = new Float64Array(slices);
  readonly #failures = new Float64Array(slices);
  /** Number of the newest slice since the clock began. */
  #newest = 0;
  calls = 0;
  failures = 0;

  constructor(milliseconds: number) {
    this.#sliceMs = milliseconds / slices;
  }

  add(failed: boolean, at: number): void {
    this.expire(at);
    const slice = this.#newest % slices;
    this.#calls[slice] = (this.#calls[slice] as number) + 1;
    this.calls++;
    if (!failed) return;
    this.#failures[slice] = (this.#failures[slice] as number) + 1;
    this.failures++;
  }

  expire(at: number): void {
    const newest = Math.floor(at / this.#sliceMs);
    if (newest - this.#newest >= slices) this.clear();
    else
      for (let number = this.#newest + 1; number <= newest; number++) {
        const slice = number % slices;
        this.calls -= this.#calls[slice] as number;
        this.failures -= this.#failures[slice] as number;
        this.#calls[slice] = 0;
        this.#failures[slice] = 0;
      }
    this.#newest = newest;
  }

  clear(): void {
    this.#calls.fill(0);
    this.#failures.fill(0);
    this.calls = 0;
    this.failures = 0;
  }
}
