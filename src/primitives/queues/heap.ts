// A binary heap whose equals come out in the order in which they went in: push and shift in logarithmic time.
// Both look first and move then, because to compare is to call the program, which may throw.
import { StateError } from '../../errors.ts';
import type { Store } from './store.ts';

/** An item in a heap. */
export interface Entry<Item> {
  readonly item: Item;
  /** What it is ordered by; 0 where the items themselves are compared. */
  readonly priority: number;
  /** Which item of the heap it is, from 1. */
  readonly number: number;
}

/** How a heap orders its items. */
export interface Order<Item> {
  /** Asked once for each item. */
  priority(item: Item): number;
  /** Whether the first one comes out before the second. */
  precedes(one: Entry<Item>, other: Entry<Item>): boolean;
}

export class Heap<Item> implements Store<Item> {
  readonly #order: Order<Item>;
  // The children of the entry at n are those at 2n + 1 and 2n + 2, and no child precedes its parent.
  #entries: Entry<Item>[] = [];
  #moves = 0;
  pushed = 0;
  shifted = 0;

  constructor(order: Order<Item>) {
    this.#order = order;
  }

  get size(): number {
    return this.#entries.length;
  }

  push(item: Item): void {
    const order = this.#order;
    const priority = order.priority(item);
    const before = this.#moves;
    const entries = this.#entries;
    const entry = { item, priority, number: this.pushed + 1 };
    let place = entries.length;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!order.precedes(entry, entries[parent] as Entry<Item>)) break;
      place = parent;
    }
    this.#noteMove(before);
    this.pushed++;
    let index = entries.push(entry) - 1;
    for (; index > place; index = (index - 1) >> 1) entries[index] = entries[(index - 1) >> 1] as Entry<Item>;
    entries[place] = entry;
  }

  /** The item that precedes all others. */
  shift(): Item {
    const order = this.#order;
    const before = this.#moves;
    const entries = this.#entries;
    const size = entries.length - 1;
    const last = entries[size] as Entry<Item>;
    // Where the last one belongs once the first is out: down along the children that come first.
    let place = 0;
    for (let child = 1; child < size; child = 2 * place + 1) {
      const right = child + 1;
      if (right < size && order.precedes(entries[right] as Entry<Item>, entries[child] as Entry<Item>)) child = right;
      if (!order.precedes(entries[child] as Entry<Item>, last)) break;
      place = child;
    }
    this.#noteMove(before);
    const first = entries[0] as Entry<Item>;
    this.shifted = first.number;
    entries.pop();
    if (size === 0) return first.item;
    // Up again, each to its parent's place, over the first.
    for (let carried = last; ; place = (place - 1) >> 1) {
      const lifted = entries[place] as Entry<Item>;
      entries[place] = carried;
      if (place === 0) return first.item;
      carried = lifted;
    }
  }

  clear(): void {
    this.#moves++;
    this.#entries = [];
  }

  /** @throws StateError if the heap was changed while it looked: by the program's own function */
  #noteMove(before: number): void {
    if (this.#moves !== before) throw new StateError('compare must not use the queue whose items it compares');
    this.#moves++;
  }
}
