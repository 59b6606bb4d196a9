// What happens when a pending promise settles: its reactions, and what V8's own closures in them stand for.
import { fixed } from './layout.ts';
import { isReference, type Objects, type Reference } from './objects.ts';
import type { Scripts, SharedFunction } from './scripts.ts';

const mostReactions = 1_000_000;
const mostSlots = 16;
// From the callback that resumes a generator out to the parameters of what drives it.
const mostScopes = 3;

/** What a closure in a reaction does. */
export type Handler =
  /** Resumes a generator that awaits. */
  | { readonly type: 'await'; readonly generator: Reference }
  /** Notes one input of Promise.all and its like; `promise` is the promise of the whole. */
  | {
      readonly type: 'element';
      readonly promise: Reference;
      readonly index: number | null;
      readonly total: number | null;
    }
  /** Resolves or rejects another promise. */
  | { readonly type: 'resolver'; readonly promise: Reference }
  /** Goes on with the evaluation of a module. */
  | { readonly type: 'module'; readonly module: Reference }
  /** A callback that was given to `then` or `catch`. */
  | {
      readonly type: 'callback';
      readonly callback: SharedFunction;
      readonly closure: Reference;
      readonly drives: Driven | null;
    }
  /** A callback that was given to `finally`. */
  | { readonly type: 'finally'; readonly callback: SharedFunction | null }
  /** None, or one of V8's own that says nothing. */
  | { readonly type: 'none' };

/**
 * An async function that was compiled down to a generator: callbacks resume it, by TypeScript's `__awaiter` and its like, and
 * settle the promise that it gave back.
 */
export interface Driven {
  readonly generator: Reference;
  readonly promise: Reference;
}

export interface Reaction {
  readonly fulfilled: Handler;
  readonly rejected: Handler;
  /** The promise that `then` gave back; 0 without one. */
  readonly derived: Reference;
  /** What AsyncLocalStorage carries along (Node 24 and later); 0 without. */
  readonly frame: Reference;
}

const none: Handler = { type: 'none' };

/** Reads reactions of promises. */
export class Reactions {
  readonly #objects: Objects;
  readonly #scripts: Scripts;
  readonly #handlers = new Map<Reference, Handler>();

  constructor(objects: Objects, scripts: Scripts) {
    this.#objects = objects;
    this.#scripts = scripts;
  }

  /** The reactions of a pending promise, newest first. */
  of(promise: Reference): Reaction[] {
    const objects = this.#objects;
    const { types } = objects.layout;
    const reactions: Reaction[] = [];
    const seen = new Set<Reference>();
    let reference = objects.field(promise, fixed.promiseReactions);
    while (objects.type(reference) === types.reaction && !seen.has(reference) && seen.size < mostReactions) {
      seen.add(reference);
      // Before the link to the next reaction stands what async context there is.
      const linkFirst =
        objects.smallInteger(reference, 8) === 0 || objects.type(objects.field(reference, 8)) === types.reaction;
      const next = linkFirst ? 8 : 16;
      const derived = objects.field(reference, next + 24);
      reactions.push({
        rejected: this.#handler(objects.field(reference, next + 8)),
        fulfilled: this.#handler(objects.field(reference, next + 16)),
        derived: this.#promiseOf(derived),
        frame: linkFirst ? 0 : objects.field(reference, 8),
      });
      reference = objects.field(reference, next);
    }
    return reactions;
  }

  /** What a closure does, as far as V8's closures go by: a callback of the program, or the kind of V8's own. */
  handler(closure: Reference): Handler {
    return this.#handler(closure);
  }

  /** The promise of a capability, or the promise itself; 0 for what is neither. */
  #promiseOf(reference: Reference): Reference {
    const { types } = this.#objects.layout;
    const type = this.#objects.type(reference);
    if (type === types.promise) return reference;
    if (type !== types.capability) return 0;
    const promise = this.#objects.field(reference, fixed.capabilityPromise);
    return this.#objects.type(promise) === types.promise ? promise : 0;
  }

  #handler(closure: Reference): Handler {
    if (!this.#objects.isFunction(this.#objects.type(closure))) return none;
    let handler = this.#handlers.get(closure);
    if (handler === undefined) this.#handlers.set(closure, (handler = this.#classify(closure)));
    return handler;
  }

  /** V8's closures have no names, but what they work on is in their context. */
  #classify(closure: Reference): Handler {
    const callback = this.#scripts.ofClosure(closure);
    if (callback.script !== null) return { type: 'callback', callback, closure, drives: this.#drivenBy(closure) };
    const objects = this.#objects;
    const { types, offsets } = objects.layout;
    const slots = this.#slots(objects.field(closure, offsets.functionContext));
    for (const [index, slot] of slots.entries()) {
      const type = objects.type(slot);
      if (type === types.asyncFunction || type === types.asyncGenerator) return { type: 'await', generator: slot };
      if (type === types.module) return { type: 'module', module: slot };
      if (type === types.capability) {
        const values = slots[index + 1] ?? 0;
        // the place of the input is kept where other functions have their hash
        const place = objects.smallInteger(closure, 8);
        return {
          type: 'element',
          promise: this.#promiseOf(slot),
          index: place === null || place < 1 ? null : place - 1,
          total: objects.type(values) === types.fixedArray ? objects.smallInteger(values, fixed.arrayLength) : null,
        };
      }
      if (type === types.promise && index >= 2) return { type: 'resolver', promise: slot };
      if (index >= 2 && objects.isFunction(type)) {
        const given = this.#scripts.ofClosure(slot);
        if (given.script !== null) return { type: 'finally', callback: given };
      }
    }
    return none;
  }

  /** The generator and the resolver of a promise among the variables of a callback. */
  #drivenBy(closure: Reference): Driven | null {
    const objects = this.#objects;
    const { types, offsets } = objects.layout;
    let generator = 0;
    let promise = 0;
    let context = objects.field(closure, offsets.functionContext);
    for (let scope = 0; scope < mostScopes && objects.isContext(objects.type(context)); scope++) {
      const [, outer = 0, ...variables] = this.#slots(context);
      for (const variable of variables) {
        const type = objects.type(variable);
        if (type === types.generator) generator ||= variable;
        else if (promise === 0 && objects.isFunction(type)) promise = this.#resolvedBy(variable);
      }
      if (generator !== 0 && promise !== 0) return { generator, promise };
      context = outer;
    }
    return null;
  }

  /** The promise that a function of V8 resolves or rejects; 0 for any other function. */
  #resolvedBy(closure: Reference): Reference {
    if (this.#scripts.ofClosure(closure).script !== null) return 0;
    const handler = this.#handler(closure);
    return handler.type === 'resolver' ? handler.promise : 0;
  }

  #slots(context: Reference): number[] {
    const objects = this.#objects;
    if (!isReference(context)) return [];
    const length = Math.min(mostSlots, objects.smallInteger(context, 8) ?? 0);
    return Array.from({ length }, (_, slot) => objects.field(context, fixed.contextHeader + slot * 8));
  }
}
