// Tasks that ended in a way which a rule has something to say about: that nobody awaited, that failed and nobody asked for
// their errors, that were asked to cancel and settled otherwise.
import type { LateAttention, TaskRecord } from '../../channels/task.ts';
import type { SiteEntry } from '../../report/format.ts';
import type { ForgottenEntry, IgnoredCancelEntry, Remembered, TasksEntry } from '../../report/history.ts';
import { now } from '../../runtime/clock.ts';
import type { Site } from '../../channels/site.ts';
import { Book, placeOf } from './book.ts';
import type { LostErrors } from './lost-errors.ts';

type MapSite = (site: Site) => SiteEntry;

interface Counted {
  readonly task: TaskRecord['origin'];
  count: number;
  lastId: number;
}

/** Keeps what became of tasks. */
export class TaskHistory {
  readonly #forgotten = new Book<Counted & { createdBy: string }>();
  readonly #ignored = new Book<Counted & { maxAfterMs: number }>();
  readonly #lost: LostErrors;

  constructor(lost: LostErrors) {
    this.#lost = lost;
  }

  get isRemarkable(): boolean {
    return !this.#forgotten.isEmpty || !this.#ignored.isEmpty;
  }

  forgotten(mapSite: MapSite): Remembered<ForgottenEntry> {
    return this.#forgotten.read((each) => ({ ...tasksEntry(each, mapSite), createdBy: each.createdBy }));
  }

  ignoredCancels(mapSite: MapSite): Remembered<IgnoredCancelEntry> {
    return this.#ignored.read((each) => ({
      ...tasksEntry(each, mapSite),
      maxAfterMs: Math.round(each.maxAfterMs * 10) / 10,
    }));
  }

  settled(task: TaskRecord): void {
    const { attention } = task;
    if (attention === undefined) return; // a call that is not ours: who awaits it cannot be known
    const outcome = task.settlement?.outcome;
    if (outcome === 'fulfilled') {
      if (attention === 'missed') this.#noteForgotten(task);
      if (task.cancelRequest != null) this.#noteIgnored(task, task.cancelRequest.since);
    } else if (outcome !== 'cancelled' && attention !== 'result') this.#lost.noteTask(task);
  }

  /** Somebody asks after all. */
  attended({ task, before }: LateAttention): void {
    if (before !== 'missed' || task.settlement?.outcome !== 'fulfilled') {
      if (task.attention === 'result') this.#lost.takeBack(task);
      return;
    }
    const key = keyOf(task);
    const entry = this.#forgotten.find(key);
    if (entry !== undefined && --entry.count === 0) this.#forgotten.remove(key);
  }

  #noteForgotten(task: TaskRecord): void {
    const { origin, id, parent } = task;
    const createdBy = parent?.origin.name ?? '';
    const entry = this.#forgotten.open(keyOf(task), () => ({ task: origin, count: 0, lastId: id, createdBy }));
    if (entry === null) return;
    entry.count++;
    entry.lastId = id;
    entry.createdBy = createdBy;
  }

  #noteIgnored(task: TaskRecord, since: number): void {
    if (task.notices === false) return; // nobody could have told it
    const { origin, id } = task;
    const entry = this.#ignored.open(keyOf(task), () => ({ task: origin, count: 0, lastId: id, maxAfterMs: 0 }));
    if (entry === null) return;
    entry.count++;
    entry.lastId = id;
    entry.maxAfterMs = Math.max(entry.maxAfterMs, now() - since);
  }
}

/** Tells tasks of one kind, name and place from others. */
function keyOf({ origin: { kind, name, site } }: TaskRecord): string {
  return `${kind}\n${name}\n${placeOf(site)}`;
}

function tasksEntry({ task, count, lastId }: Counted, mapSite: MapSite): TasksEntry {
  const { kind, name, site } = task;
  return { kind, name, createdAt: site === null ? null : mapSite(site), count, lastId };
}
