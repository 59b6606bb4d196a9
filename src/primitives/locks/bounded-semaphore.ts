// A semaphore that cannot get more permits than it was made with: a release too many is an error where it happens.
import { StateError } from '../../errors.ts';
import { Semaphore, type SemaphoreOptions } from './semaphore.ts';

/**
 * A semaphore whose `release` throws when all of its permits are free: somebody has released what was not acquired.
 * @example const connections = new BoundedSemaphore(5, { name: 'connections' });
 */
export class BoundedSemaphore extends Semaphore {
  readonly #bound: number;

  /** @param permits how many there are at most: a whole number of at least 0, or Infinity */
  constructor(permits: number, options: SemaphoreOptions = {}) {
    super(permits, options);
    this.#bound = permits;
  }

  /**
   * Gives a permit back: one that this task holds, else the oldest that is held.
   * @throws StateError if all permits are free
   */
  override release(): void {
    if (this.free >= this.#bound) {
      throw new StateError(
        `semaphore ${this.name} is released more often than it was acquired: all of its ${this.#bound} permits are free`,
      );
    }
    super.release();
  }
}
