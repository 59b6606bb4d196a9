// Random numbers of our own: a program that is run with `--random-seed` counts on those of Math.random.

/** Marsaglia's xorshift with 32 bits. */
export class Chance {
  #state: number;

  /** @param seed any number but 0 */
  constructor(seed = Number(process.hrtime.bigint() & 0x7fff_ffffn) || 1) {
    this.#state = seed;
  }

  /** From 0 to less than 1. */
  next(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return (state >>> 0) / 2 ** 32;
  }
}
