// Who holds a foreign resource, or one that its author declared.
import { holdEnded, holdStarted, type Hold, type ResourceRecord } from '../src/channels/resource.ts';
import type { Site } from '../src/channels/site.ts';
import type { TaskRecord } from '../src/channels/task.ts';
import { now } from '../src/runtime/clock.ts';

/** A resource that keeps its holds here. */
export interface HeldResource extends ResourceRecord {
  readonly holds: Holds;
}

/** The holds of one resource, oldest first. */
export class Holds {
  readonly #resource: ResourceRecord;
  readonly #holds: Set<Hold> = new Set();

  constructor(resource: ResourceRecord) {
    this.#resource = resource;
  }

  get size(): number {
    return this.#holds.size;
  }

  begin(task: TaskRecord, site: Site | null): Hold {
    const hold: Hold = { resource: this.#resource, task, since: now(), site };
    this.#holds.add(hold);
    if (holdStarted.hasSubscribers) holdStarted.publish(hold);
    return hold;
  }

  /** Further calls do nothing. */
  end(hold: Hold): void {
    if (this.#holds.delete(hold) && holdEnded.hasSubscribers) holdEnded.publish(hold);
  }

  [Symbol.iterator](): Iterator<Hold> {
    return this.#holds[Symbol.iterator]();
  }
}

/** Ends a hold of whichever such resource it is. Further calls do nothing. */
export function endHold(hold: Hold): void {
  (hold.resource as HeldResource).holds.end(hold);
}
