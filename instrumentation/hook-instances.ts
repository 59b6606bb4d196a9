// The records of the objects of a library: each remembers where the program made it, and is announced when it is first used.
import { identify, type Identity } from '../src/runtime/resource.ts';
import { nameAt } from './hook-module.ts';
import { isWrapped } from './patch.ts';
import { guard } from './record.ts';

/** Records by object. The objects are held weakly. */
export class Instances<Instance extends object, Calls> {
  readonly #label: string;
  readonly #make: (instance: Instance, name: string, identity: Identity) => Calls;
  readonly #identities: WeakMap<Instance, Identity> = new WeakMap();
  readonly #calls: WeakMap<Instance, Calls> = new WeakMap();

  /**
   * @param label what reports call it, in front of where it was made: the name of the library
   * @param make makes the record, when the object is first used
   */
  constructor(label: string, make: (instance: Instance, name: string, identity: Identity) => Calls) {
    this.#label = label;
    this.#make = make;
  }

  /** The program makes this object now. */
  note(instance: Instance): void {
    guard(() => void this.#identities.set(instance, identify(this.#label)), undefined);
  }

  /** Its record; null if it cannot be made, or if the program made the object visible itself. */
  of(instance: Instance): Calls | null {
    if (isWrapped(instance)) return null;
    return this.#calls.get(instance) ?? guard(() => this.#first(instance), null);
  }

  #first(instance: Instance): Calls {
    const identity = this.#identities.get(instance) ?? identify(this.#label);
    const calls = this.#make(instance, nameAt(this.#label, identity.site), identity);
    this.#calls.set(instance, calls);
    return calls;
  }
}
