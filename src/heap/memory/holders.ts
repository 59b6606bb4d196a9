// What an object that refers to another one says of it: a step on the path from a root to a resolver.
import { fixed } from './layout.ts';
import type { Objects, Reference } from './objects.ts';
import type { Reactions } from './reactions.ts';
import type { Scripts } from './scripts.ts';

/** A holder, and how it holds. */
export interface Hold {
  readonly holder: Reference;
  /** Class of an object; empty for all else. */
  readonly className: string;
  /** Property or variable; empty where it has no name. */
  readonly property: string;
  /** For people: `Db.pending`, `waiters`, `resolve()`. Empty for what says nothing, such as the elements of an array. */
  readonly text: string;
  /** Whether one need not look further: a global variable, or an object of a class that has a name of its own. */
  readonly final: boolean;
  /** Whether this is an end as well where nothing final is found: a variable with a list of resolvers. */
  readonly endsHere?: boolean;
}

/** What a function that resolves or rejects a promise is called: V8 gives them no names. */
export const resolver = 'resolve()';

// What stands between a resolver and the object that one knows.
const plainClasses =
  /^(|Object|Array|Map|Set|WeakMap|SafeMap|SafeSet|SafeWeakMap|Function|AsyncFunction|FixedCircularBuffer|FixedQueue|Waiter|ReadWriteWaiter|ItemWaiter|AwaitWait|JointWait|Deferred|Node|Entry|Listener|List|LinkedList)$/;

const listOfWaits = /^(waits|newer|older)$/;

export class Holders {
  readonly #objects: Objects;
  readonly #scripts: Scripts;
  readonly #reactions: Reactions;
  readonly #classNames = new Map<Reference, string>();

  constructor(objects: Objects, scripts: Scripts, reactions: Reactions) {
    this.#objects = objects;
    this.#scripts = scripts;
    this.#reactions = reactions;
  }

  /**
   * What settles a promise directly, if `holder` is such a thing: a resolver's context, a function that runs, native code.
   * Null for all else that holds a promise. `held` is the promise, or the array of properties in which it stands at `inner`.
   */
  ofPromise(holder: Reference, address: number, held: Reference, inner: number): Hold | null {
    const objects = this.#objects;
    const { types } = objects.layout;
    const type = objects.type(holder);
    const offset = address - (holder - 1);
    const pass: Hold = { holder, className: '', property: '', text: '', final: false };
    if (objects.isContext(type)) {
      const scope = objects.field(holder, fixed.contextHeader);
      const isResolver =
        offset === fixed.contextHeader + 2 * 8 && objects.smallInteger(scope, fixed.scopeInfoLocals) === 0;
      return isResolver ? pass : null;
    }
    if (type === types.capability || type === types.request || objects.isPropertyStore(holder)) return pass;
    if (this.#isGenerator(type)) {
      const continuation = continuationOf(objects, holder);
      if (offset !== fixed.generatorResult || continuation === -1) return null;
      const { name } = this.#scripts.ofClosure(objects.field(holder, fixed.generatorFunction));
      // Suspended, and not by a promise that is there: it is to go on, or what it awaited was collected, as nobody had it.
      const state = continuation === -2 ? 'which is running' : 'whose await has settled or was lost';
      return { ...pass, text: `async ${name || '(anonymous)'}, ${state}`, final: true };
    }
    const isNative = type >= types.firstApiObject && type < types.firstApiObject + 1000;
    const maker = isNative ? objects.constructorOf(holder) : 0;
    const isMadeByNode = maker !== 0 && this.#scripts.ofClosure(maker).script === null;
    return isMadeByNode ? this.of(holder, address, held, inner) : null;
  }

  /**
   * How `holder` holds `held` at `address`; null for what does not keep it alive. Where `held` is the array of its further
   * properties, `inner` is the address in that array.
   */
  of(holder: Reference, address: number, held: Reference, inner: number): Hold | null {
    const objects = this.#objects;
    const { types, offsets } = objects.layout;
    const type = objects.type(holder);
    const offset = address - (holder - 1);
    const at = objects.isPropertyStore(held) ? inner : address;
    const pass: Hold = { holder, className: '', property: '', text: '', final: false };
    const isOfTheChain = type === types.promise || type === types.reaction || this.#isGenerator(type);
    if (isOfTheChain || types.weak.has(type) || type === types.map) return null;
    if (objects.isContext(type)) {
      const name = this.#variable(holder, offset);
      // A variable of a function is a step: some closure calls what is in it, and who holds that is what one asks. Who shares
      // a variable of a whole module says nothing.
      const final = name !== '' && this.#isOfModule(holder);
      return { ...pass, property: name, text: name, final, endsHere: name !== '' && this.#isCollection(held) };
    }
    if (objects.isFunction(type)) {
      const { name, script, start } = this.#scripts.ofClosure(holder);
      if (script === null) {
        const { type: role } = this.#reactions.handler(holder);
        if (role === 'await') return null;
        return role === 'resolver' ? { ...pass, text: resolver } : pass;
      }
      if (offset !== offsets.functionContext) return { ...pass, ...this.#propertyOf(holder, at) };
      const place = start < 0 ? null : script.place(start);
      const where = place === null ? '' : `:${place.line}:${place.column}`;
      return { ...pass, text: `${name || '(anonymous)'} (${script.name}${where})` };
    }
    if (type === types.propertyCell) {
      for (let field = 8; field < 40; field += 8) {
        const name = objects.keyName(objects.field(holder, field));
        if (name !== '') return { ...pass, property: name, text: `globalThis.${name}`, final: true };
      }
      return pass;
    }
    if (!objects.isObject(type)) return pass;
    if (this.className(holder) === 'CallSite') return null; // of a stack trace that somebody looked at
    const hold = { ...pass, ...this.#propertyOf(holder, at) };
    return this.#isListOfWaits(hold.property, held) ? null : hold;
  }

  /** Whether it is a closure of V8's own. */
  isBuiltin(closure: Reference): boolean {
    return this.#objects.isFunction(this.#objects.type(closure)) && this.#scripts.ofClosure(closure).script === null;
  }

  /** Whether it is a task's list of its waits, in which each stands beside whatever ends it. */
  #isListOfWaits(property: string, held: Reference): boolean {
    const objects = this.#objects;
    if (!listOfWaits.test(property) || !objects.isObject(objects.type(held))) return false;
    return objects.property(held, 'newer') !== 0 && objects.property(held, 'older') !== 0;
  }

  #isGenerator(type: number): boolean {
    const { types } = this.#objects.layout;
    return type === types.asyncFunction || type === types.asyncGenerator;
  }

  #isCollection(held: Reference): boolean {
    return this.#objects.isObject(this.#objects.type(held)) && /^(Array|Map|Set|WeakMap)$/.test(this.className(held));
  }

  #isOfModule(context: Reference): boolean {
    return this.#scripts.scopeStart(this.#objects.field(context, fixed.contextHeader)) === 0;
  }

  /** The name of the variable in a slot of a context. */
  #variable(context: Reference, offset: number): string {
    const objects = this.#objects;
    const { offsets, types } = objects.layout;
    const slot = (offset - fixed.contextHeader) / 8;
    const scope = objects.field(context, fixed.contextHeader);
    const locals = objects.smallInteger(scope, fixed.scopeInfoLocals) ?? 0;
    if (slot < 2 || locals > 75 || objects.type(scope) !== types.scopeInfo) return '';
    // an optional slot may stand before the variables
    for (const index of [slot - 2, slot - 3]) {
      if (index < 0 || index >= locals) continue;
      const name = objects.string(objects.field(scope, 8 + (offsets.scopeInfoFirst + index) * 8), 100);
      if (name !== null && name !== '') return name;
    }
    return '';
  }

  #propertyOf(holder: Reference, address: number): Partial<Hold> {
    const className = this.className(holder);
    let property = '';
    this.#objects.eachField(holder, (name, at) => {
      if (at === address) property = name;
      return at !== address;
    });
    const isPlain = plainClasses.test(className);
    const text = [isPlain && property !== '' ? '' : className, property].filter((part) => part !== '').join('.');
    return {
      className,
      property,
      text: isPlain && property === '' && !/^(Map|Set)$/.test(text) ? '' : text,
      final: !isPlain,
    };
  }

  /** Name of the class of an object; empty where it has none. */
  className(object: Reference): string {
    const map = this.#objects.mapOf(object);
    let name = this.#classNames.get(map);
    if (name === undefined) {
      const maker = this.#objects.constructorOf(object);
      this.#classNames.set(map, (name = maker === 0 ? '' : this.#scripts.ofClosure(maker).name));
    }
    return name;
  }
}

/** Where a generator stands: -2 it runs, -1 it is done, from 0 it is suspended. */
export function continuationOf(objects: Objects, generator: Reference): number {
  return objects.smallInteger(generator, fixed.generatorContinuation) ?? -1;
}
