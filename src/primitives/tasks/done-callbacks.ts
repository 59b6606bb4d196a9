// What is to be called when a task has settled.

interface Entry {
  readonly callback: (task: never) => void;
  isOver: boolean;
}

/** Calls them in order of arrival, each on a microtask of its own, in the async context in which it was added. */
export class DoneCallbacks {
  readonly #task: unknown;
  readonly #end: PromiseWithResolvers<void> = Promise.withResolvers();
  #entries: Entry[] = [];

  constructor(task: unknown, hasSettled: boolean) {
    this.#task = task;
    if (hasSettled) this.end();
  }

  add(callback: (task: never) => void): void {
    const entry: Entry = { callback, isOver: false };
    this.#entries.push(entry);
    void this.#end.promise.then(() => {
      if (entry.isOver) return;
      entry.isOver = true;
      entry.callback(this.#task as never);
    });
  }

  /** Takes all entries of a callback away that were not called yet. */
  remove(callback: (task: never) => void): number {
    const [removed, kept] = [
      this.#entries.filter((entry) => entry.callback === callback && !entry.isOver),
      this.#entries,
    ];
    this.#entries = kept.filter((entry) => entry.callback !== callback);
    for (const entry of removed) entry.isOver = true;
    return removed.length;
  }

  /** The task has settled. */
  end(): void {
    this.#end.resolve();
  }
}
