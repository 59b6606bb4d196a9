// Which thread a function belongs to: Node keeps an Environment for each, and V8 a pointer to it with each realm.
import { fixed } from './layout.ts';
import type { Objects, Reference } from './objects.ts';

const mostScopes = 1000;

/** Notes threads as they are met. */
export class Threads {
  readonly #objects: Objects;
  readonly #environments = new Set<number>();

  constructor(objects: Objects) {
    this.#objects = objects;
  }

  /** A number for the thread of a closure, the same for all of a thread; 0 for what cannot be told. */
  of(closure: Reference): number {
    const environment = this.#environmentOf(closure);
    if (environment !== 0) this.#environments.add(environment);
    return environment;
  }

  /** Addresses of environments, the main thread's first: it was made before all others, from the lowest memory. */
  environments(): number[] {
    return [...this.#environments].toSorted((a, b) => a - b);
  }

  #environmentOf(closure: Reference): number {
    const objects = this.#objects;
    const { types, offsets } = objects.layout;
    const context = objects.field(closure, offsets.functionContext);
    let realm = objects.field(objects.mapOf(context), offsets.mapConstructor);
    if (!objects.isContext(objects.type(realm))) realm = context;
    for (let scopes = 0; scopes < mostScopes; scopes++) {
      const data = objects.field(realm, offsets.contextEmbedderData);
      if (objects.type(data) === types.embedderData) {
        return objects.field(data, fixed.arrayElements + fixed.environmentIndex * 8);
      }
      const outer = objects.field(realm, fixed.contextHeader + 8);
      if (!objects.isContext(objects.type(outer))) return 0;
      realm = outer;
    }
    return 0;
  }
}
