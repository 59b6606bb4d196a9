// A last-in first-out buffer of values, which knows the number of each.
import type { Store } from './store.ts';

export class Stack<Value> implements Store<Value> {
  #values: Value[] = [];
  #numbers: number[] = [];
  pushed = 0;
  shifted = 0;

  get size(): number {
    return this.#values.length;
  }

  push(value: Value): void {
    this.#values.push(value);
    this.#numbers.push(++this.pushed);
  }

  /** The newest value. */
  shift(): Value {
    this.shifted = this.#numbers.pop() as number;
    return this.#values.pop() as Value;
  }

  clear(): void {
    this.#values = [];
    this.#numbers = [];
  }
}
