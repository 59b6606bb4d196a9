// The task of loopscope in which a function runs, for programs that use loopscope: it travels with the async context.
import type { TaskReference } from '../../report/awaits.ts';
import { fixed } from './layout.ts';
import type { Objects, Reference } from './objects.ts';

const mostEntries = 64;
const taskFields = ['id', 'origin', 'createdAt', 'parent', 'waits'];

/** Reads tasks out of async contexts. */
export class Tasks {
  readonly #objects: Objects;
  readonly #uptimeMs: number | null;
  readonly #byFrame = new Map<Reference, TaskReference | null>();

  /** `uptimeMs`: how long the process runs, to tell ages from the times of its clock. */
  constructor(objects: Objects, uptimeMs: number | null) {
    this.#objects = objects;
    this.#uptimeMs = uptimeMs;
  }

  /** The task in the context of a reaction, or kept with a promise as Node 22 does; null without one. */
  of(frame: Reference, promise: Reference): TaskReference | null {
    return this.#inFrame(frame) ?? this.#inProperties(promise);
  }

  /** Node 24 and later: a map from AsyncLocalStorage to what it stores. */
  #inFrame(frame: Reference): TaskReference | null {
    const objects = this.#objects;
    if (objects.type(frame) !== objects.layout.types.jsMap) return null;
    const known = this.#byFrame.get(frame);
    if (known !== undefined) return known;
    let found: TaskReference | null = null;
    const table = objects.field(frame, 24);
    const length = Math.min(mostEntries, (objects.sizeOf(table) - fixed.arrayElements) / 8);
    for (let index = 0; index < length && found === null; index++) {
      found = this.#task(objects.field(table, fixed.arrayElements + index * 8));
    }
    this.#byFrame.set(frame, found);
    return found;
  }

  /** Node 22: a property of each promise, by a symbol. */
  #inProperties(promise: Reference): TaskReference | null {
    let found: TaskReference | null = null;
    this.#objects.eachField(promise, (_name, address) => {
      found ??= this.#task(this.#objects.memory.word(address));
      return found === null;
    });
    return found;
  }

  #task(object: Reference): TaskReference | null {
    const objects = this.#objects;
    if (!objects.isObject(objects.type(object))) return null;
    const fields = new Map<string, number>();
    objects.eachField(object, (name, address) => {
      fields.set(name, objects.memory.word(address));
    });
    if (!taskFields.every((name) => fields.has(name))) return null;
    const id = objects.number(fields.get('id') as number);
    const name = objects.string(objects.property(fields.get('origin') as number, 'name'));
    const createdAt = objects.number(fields.get('createdAt') as number);
    if (id === null || id === 0 || name === null || createdAt === null) return null;
    return { id, name, ageMs: this.#uptimeMs === null ? 0 : Math.max(0, Math.round(this.#uptimeMs - createdAt)) };
  }
}
