// A first-in first-out buffer of values: push and shift in constant time, without an object per value.
import type { Store } from './store.ts';

const smallest = 16;
// Up to this a ring that has grown stays as it is: bursts come again.
const kept = 1024;

export class Ring<Value> implements Store<Value> {
  #slots: (Value | undefined)[] = new Array<Value | undefined>(smallest).fill(undefined);
  #head = 0;
  size = 0;
  pushed = 0;

  get shifted(): number {
    return this.pushed - this.size;
  }

  push(value: Value): void {
    const capacity = this.#slots.length;
    if (this.size === capacity) this.#resize(capacity * 2);
    this.#slots[(this.#head + this.size) & (this.#slots.length - 1)] = value;
    this.size++;
    this.pushed++;
  }

  /** The oldest value. */
  shift(): Value {
    const value = this.#slots[this.#head] as Value;
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#slots.length - 1);
    this.size--;
    const capacity = this.#slots.length;
    if (capacity > kept && this.size < capacity / 4) this.#resize(capacity / 2);
    return value;
  }

  clear(): void {
    this.#slots = new Array<Value | undefined>(smallest).fill(undefined);
    this.#head = 0;
    this.size = 0;
  }

  #resize(capacity: number): void {
    const slots = new Array<Value | undefined>(capacity).fill(undefined);
    const mask = this.#slots.length - 1;
    for (let index = 0; index < this.size; index++) slots[index] = this.#slots[(this.#head + index) & mask];
    this.#slots = slots;
    this.#head = 0;
  }
}
