// What a queue keeps its items in: the order in which they come out is all that distinguishes one queue from another.

/** Ring: first in, first out. Stack: last in, first out. Heap: by priority. */
export interface Store<Item> {
  /** How many items are in it. */
  readonly size: number;
  /** How many were ever put into it: the number of the item that came last. */
  readonly pushed: number;
  /** The number of the item that `shift` took out last. */
  readonly shifted: number;
  /** Takes an item in. If the program's order throws, nothing has changed. */
  push(item: Item): void;
  /** Takes the next item out. Must not be called on an empty store. If the program's order throws, nothing has changed. */
  shift(): Item;
  /** Drops all items. They keep their numbers: the next one is not called as one of them was. */
  clear(): void;
}
