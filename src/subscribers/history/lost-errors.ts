// Errors that nobody saw: what Node calls an unhandled rejection, and what a task failed with whose end was awaited, but
// whose result was not.
import type { TaskRecord } from '../../channels/task.ts';
import type { Site } from '../../channels/site.ts';
import type { SiteEntry } from '../../report/format.ts';
import type { LostErrorEntry, Remembered } from '../../report/history.ts';
import { errorLine } from '../../report/error-line.ts';
import { Book, placeOf } from './book.ts';
import { siteOfError } from './error-site.ts';

interface Lost {
  readonly task: TaskRecord['origin'] | null;
  readonly how: LostErrorEntry['how'];
  readonly site: Site | null;
  lastId: number;
  error: string;
  isFatal: boolean;
  count: number;
}

/** Keeps them. */
export class LostErrors {
  readonly #book = new Book<Lost>();
  /** Which task failed with an error: Node tells the promise of a rejection, and the error, but no task. */
  readonly #tasks = new WeakMap<object, TaskRecord>();
  /** What was counted, for when it is handled after all. */
  readonly #counted = new WeakMap<object, string>();

  /** A task failed, and so far nobody has asked for its error. */
  noteTask(task: TaskRecord): void {
    const error = task.settlement?.error;
    if (task.attention === 'end') this.#note(task, error, task, { how: 'unasked', isFatal: false });
    else if (isObject(error)) this.#tasks.set(error, task);
  }

  /** Somebody asks for the error of a task that was counted. */
  takeBack(task: object): void {
    const key = this.#counted.get(task);
    const entry = key === undefined ? undefined : this.#book.find(key);
    if (key === undefined || entry === undefined) return;
    this.#counted.delete(task);
    if (--entry.count === 0) this.#book.remove(key);
  }

  /**
   * Node says `unhandledRejection`.
   * @param isFatal nobody listens for it, and so the process ends
   */
  noteUnhandled(error: unknown, promise: unknown, isFatal: boolean): void {
    const task = (isObject(error) ? this.#tasks.get(error) : undefined) ?? null;
    this.#note(task, error, isObject(promise) ? promise : null, { how: 'unhandled', isFatal });
  }

  /** Of what ends the process Node itself says all there is to say, unless it was in a task. */
  get isRemarkable(): boolean {
    return [...this.#book.values()].some(({ task, isFatal }) => task !== null || !isFatal);
  }

  read(mapSite: (site: Site) => SiteEntry): Remembered<LostErrorEntry> {
    return this.#book.read(({ task, site, lastId, count, error, how, isFatal }) => ({
      task:
        task === null
          ? null
          : {
              kind: task.kind,
              name: task.name,
              createdAt: task.site === null ? null : mapSite(task.site),
              count,
              lastId,
            },
      error,
      at: site === null ? null : mapSite(site),
      count,
      how,
      isFatal,
    }));
  }

  #note(
    task: TaskRecord | null,
    error: unknown,
    counted: object | null,
    { how, isFatal }: Pick<Lost, 'how' | 'isFatal'>,
  ): void {
    // Not of what Node is about to print: to read the stack would change that.
    const site = isFatal ? null : siteOfError(error);
    const origin = task?.origin ?? null;
    const line = errorLine(error);
    const place = site === null && origin === null ? line : placeOf(site);
    const key = [how, origin?.kind, origin?.name, placeOf(origin?.site ?? null), place].join('\n');
    const lastId = task?.id ?? 0;
    const entry = this.#book.open(key, () => ({ task: origin, how, site, lastId, error: '', isFatal, count: 0 }));
    if (entry === null) return;
    entry.count++;
    entry.error = line;
    entry.lastId = lastId;
    entry.isFatal ||= isFatal;
    if (counted !== null) this.#counted.set(counted, key);
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
