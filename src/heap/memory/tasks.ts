// What a program that uses loopscope knows of itself: the task in which a function runs, which travels with the async
// context, and what a wait is for, who holds that, and since when.
import type { LeafKind, TaskReference } from '../../report/awaits.ts';
import { fixed } from './layout.ts';
import type { Objects, Reference } from './objects.ts';

const mostEntries = 64;
const taskFields = ['id', 'createdAt', 'parent', 'waits'];
const waitFields = ['kind', 'task', 'on', 'since', 'until', 'site', 'outcome', 'newer', 'older'];

/** A wait of loopscope's own. */
export interface OwnWait {
  readonly kind: LeafKind;
  /** `lock stock`, `queue orders to put`, `stream tcp 10.0.0.1:80 to read`; empty for a sleep. */
  readonly on: string;
  /** Until it ends by itself; null without an end. */
  readonly leftMs: number | null;
  /** Who holds what is waited for, `POST /refund #6`; null where nobody does, or it has no holder. */
  readonly holder: string | null;
  readonly heldMs: number | null;
}

const leafKinds: Readonly<Record<string, LeafKind>> = {
  acquire: 'lock',
  put: 'queue',
  get: 'queue',
  join: 'queue',
  start: 'queue',
  wait: 'event',
  next: 'stream',
  run: 'worker',
  sleep: 'timer',
  delay: 'timer',
};

/** Reads tasks out of async contexts, and waits out of what holds a resolver. */
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

  /** The wait behind an object that holds a resolver; null if it is none of loopscope's. */
  wait(object: Reference): OwnWait | null {
    const objects = this.#objects;
    const fields = this.#fields(object, waitFields);
    if (fields === null) return null;
    const kind = objects.string(fields.get('kind') as number, 20) ?? '';
    const on = fields.get('on') as number;
    const onKind = objects.string(objects.property(on, 'kind'), 20) ?? '';
    const leafKind = onKind === 'stream' ? onKind : leafKinds[kind];
    if (leafKind === undefined) return null;
    const name = objects.string(objects.property(on, 'name'));
    const says = leafKind === 'queue' || (leafKind === 'stream' && kind !== 'join');
    const until = objects.number(fields.get('until') as number);
    const permit = objects.property(objects.property(objects.property(on, '#permits'), 'holders'), 'first');
    const holder = this.#task(objects.property(permit, 'task'));
    const since = objects.number(objects.property(permit, 'since'));
    const uptime = this.#uptimeMs;
    return {
      kind: leafKind,
      on: name === null ? '' : `${onKind} ${name}${says ? ` to ${kind}` : ''}`.trim(),
      leftMs: until === null || uptime === null ? null : Math.max(0, until - uptime),
      holder: holder === null ? null : `${holder.name} #${holder.id}`,
      heldMs: since === null || uptime === null ? null : Math.max(0, uptime - since),
    };
  }

  #task(object: Reference): TaskReference | null {
    const objects = this.#objects;
    const fields = this.#fields(object, taskFields);
    if (fields === null) return null;
    const id = objects.number(fields.get('id') as number);
    const name = this.#nameOf(fields);
    const createdAt = objects.number(fields.get('createdAt') as number);
    if (id === null || id === 0 || name === null || createdAt === null) return null;
    return { id, name, ageMs: this.#uptimeMs === null ? 0 : Math.max(0, Math.round(this.#uptimeMs - createdAt)) };
  }

  /** A request that a server is to answer has its name made when somebody asks for it: until then it is method and path. */
  #nameOf(fields: ReadonlyMap<string, number>): string | null {
    const objects = this.#objects;
    const origin = fields.get('origin') ?? fields.get('#origin');
    const name = origin === undefined ? null : objects.string(objects.property(origin, 'name'));
    if (name !== null) return name;
    const [method, path] = ['#method', '#path'].map((field) => {
      const value = fields.get(field);
      return value === undefined ? null : objects.string(value);
    });
    return method == null || path == null ? null : `${method} ${path.replace(/[?#].*/, '')}`;
  }

  /** What is in the fields of an object; null unless it has all of these. */
  #fields(object: Reference, names: readonly string[]): ReadonlyMap<string, number> | null {
    const objects = this.#objects;
    if (!objects.isObject(objects.type(object))) return null;
    const fields = new Map<string, number>();
    objects.eachField(object, (name, address) => {
      fields.set(name, objects.memory.word(address));
    });
    return names.every((name) => fields.has(name)) ? fields : null;
  }
}
