// Synchronous calls, by function and line.
import { loopCalled, type BlockingCall } from '../../channels/loop.ts';
import type { Site } from '../../channels/site.ts';
import type { SiteEntry } from '../../report/format.ts';
import type { BlockingCallEntry, Remembered } from '../../report/history.ts';
import { subscribe } from '../../runtime/subscribe.ts';
import { Book, placeOf } from './book.ts';

type Growing<Type> = { -readonly [Key in keyof Type]: Type[Key] };
type Calls = Growing<Omit<BlockingCallEntry, 'at'>> & { readonly site: Site };

/** Keeps them. */
export class BlockingCalls {
  readonly #book = new Book<Calls>();
  readonly #end: () => void;

  constructor() {
    this.#end = subscribe(loopCalled, (call) => this.#note(call));
  }

  get isRemarkable(): boolean {
    return !this.#book.isEmpty;
  }

  read(mapSite: (site: Site) => SiteEntry): Remembered<BlockingCallEntry> {
    return this.#book.read(({ native, site, count, totalMs, maxMs, task }) => ({
      native,
      at: mapSite(site),
      count,
      totalMs: rounded(totalMs),
      maxMs: rounded(maxMs),
      task,
    }));
  }

  stop(): void {
    this.#end();
  }

  #note({ native, site, durationMs, task }: BlockingCall): void {
    const fresh = (): Calls => ({ native, site, count: 0, totalMs: 0, maxMs: 0, task: null });
    const calls = this.#book.open(`${native}\n${placeOf(site)}`, fresh);
    if (calls === null) return;
    calls.count++;
    calls.totalMs += durationMs;
    if (durationMs < calls.maxMs) return;
    calls.maxMs = durationMs;
    calls.task = task === null ? null : { id: task.id, name: task.origin.name };
  }
}

/** To a hundredth of a millisecond. */
function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
