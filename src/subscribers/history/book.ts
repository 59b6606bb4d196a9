// A bounded list of what happened, by key: what does not fit is counted.
import type { Site } from '../../channels/site.ts';
import type { Remembered } from '../../report/history.ts';

const most = 200;

/** What happened, in the order in which it happened first. */
export class Book<Entry extends object> {
  readonly #entries = new Map<string, Entry>();
  #dropped = 0;

  /** The entry of this key, made if there is room; null, and counted, if there is none. */
  open(key: string, make: () => Entry): Entry | null {
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    if (this.#entries.size >= most) {
      this.#dropped++;
      return null;
    }
    const entry = make();
    this.#entries.set(key, entry);
    return entry;
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  find(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  remove(key: string): void {
    this.#entries.delete(key);
  }

  values(): Iterable<Entry> {
    return this.#entries.values();
  }

  /** For a report. */
  read<Shown>(show: (entry: Entry) => Shown): Remembered<Shown> {
    return { entries: Array.from(this.#entries.values(), show), dropped: this.#dropped };
  }
}

/** Tells places apart. */
export function placeOf(site: Site | null): string {
  return site === null ? '' : `${site.file}:${site.line}:${site.column}`;
}
