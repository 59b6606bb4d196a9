// Objects held weakly, swept whenever their number may have doubled: constant time per object on average.

const smallestSweep = 1024;

/** A list that keeps nothing alive. */
export class WeakList<Item extends WeakKey> {
  readonly #limit: number;
  #references: WeakRef<Item>[] = [];
  #untilSweep: number;
  /** How many were not taken because there were too many. */
  dropped = 0;

  /** @param limit the most that it takes at a time */
  constructor(limit: number) {
    this.#limit = limit;
    this.#untilSweep = Math.min(smallestSweep, limit);
  }

  add(item: Item): void {
    if (this.#untilSweep-- <= 0) this.#sweep();
    if (this.#references.length >= this.#limit) this.dropped++;
    else this.#references.push(new WeakRef(item));
  }

  /** Those that are still alive, oldest first. */
  living(): Item[] {
    return this.#references.map((reference) => reference.deref()).filter((item) => item !== undefined);
  }

  clear(): void {
    this.#references = [];
  }

  #sweep(): void {
    this.#references = this.#references.filter((reference) => reference.deref() !== undefined);
    const living = this.#references.length;
    const room = this.#limit - living;
    this.#untilSweep = Math.max(Math.min(living, room), Math.min(smallestSweep, this.#limit));
  }
}
