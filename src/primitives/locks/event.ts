// An event: tasks wait until another says that it has come about.
import { inspect } from 'node:util';
import type { Hold, ResourceRecord } from '../../channels/resource.ts';
import type { Site } from '../../channels/site.ts';
import type { EventStatistics } from '../../channels/statistics.ts';
import { List } from '../../runtime/list.ts';
import { announce, identify } from '../../runtime/resource.ts';
import { checkName, checkOptions } from '../arguments.ts';
import { describeState } from '../describe.ts';
import { noOptions, throwIfEnded, Waiter, type WaitOptions } from '../waiter.ts';

export interface EventOptions {
  /** What reports, spans and metrics call it. Default `event`. */
  readonly name?: string;
}

/**
 * A flag that tasks can wait for, as asyncio's; it has nothing to do with the `Event` of the web platform.
 * @example
 * const ready = new Event({ name: 'ready' });
 * await ready.wait();      // elsewhere: ready.set();
 */
export class Event implements ResourceRecord {
  readonly kind = 'event';
  readonly name: string;
  readonly id: number;
  readonly createdAt: number;
  readonly site: Site | null;
  readonly #waiters: List<Waiter<void>> = new List();
  #isSet = false;

  constructor(options: EventOptions = {}) {
    checkOptions(options);
    const { name } = options;
    this.name = checkName(name, 'event');
    ({ id: this.id, createdAt: this.createdAt, site: this.site } = identify(this.name));
    announce(this);
  }

  get isSet(): boolean {
    return this.#isSet;
  }

  /** Wakes all who wait, in order of asking; until `clear`, nobody has to wait any more. */
  set(): void {
    this.#isSet = true;
    for (let waiter = this.#waiters.shift(); waiter !== null; waiter = this.#waiters.shift()) waiter.resolve();
  }

  /** From now on, `wait` waits again. Those who were woken already go on. */
  clear(): void {
    this.#isSet = false;
  }

  /** Waits until the event is set. Rejects with the signal's reason, a TimeoutError or a CancelledError. */
  wait(options: WaitOptions = noOptions): Promise<void> {
    try {
      throwIfEnded(options);
      if (this.#isSet) return Promise.resolve();
      return new Waiter<void>('wait', this, undefined, options, this.#waiters).promise;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  statistics(): EventStatistics {
    return Object.freeze({ kind: 'event', isSet: this.#isSet, waiters: this.#waiters.size });
  }

  /** Nobody holds an event. */
  holders(): Iterable<Hold> {
    return [];
  }

  /** `<Event ready unset, waiters: 2>` */
  [inspect.custom](): string {
    return describeState('Event', this.name, this.#isSet ? 'set' : 'unset', this.#waiters.size);
  }
}
