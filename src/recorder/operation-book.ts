// What is known of asynchronous operations while they are followed: each that began, by the hooks that tell of it.
import { executionAsyncResource } from 'node:async_hooks';
import type { Site } from '../channels/site.ts';
import type { SiteEntry } from '../report/format.ts';
import type { OperationEntry } from '../report/recording.ts';
import { now } from '../runtime/clock.ts';
import { OperationGroups, type OperationGroup } from './operation-groups.ts';
import { sortsOfOperations, type OperationSort } from './operation-sorts.ts';
import { readOrigin } from './origin.ts';

const mostOpen = 50_000;

/** Who makes a timer for the program. */
const ofTimers = /^(?:setTimeout|setInterval|wait|timeout|AbortSignal\.timeout|)$/;

/** One of which the line is known. It stands for as many as its weight. */
interface Operation {
  readonly group: OperationGroup;
  readonly sort: OperationSort;
  readonly weight: number;
  /** In whose callback it began, or in what that callback led to by promises; null where that is not known. */
  readonly parent: OperationGroup | null;
  /** Since when it waits. */
  since: number;
  /** Its callback runs since then; 0 while it waits. */
  runsSince: number;
}

/** The operations that were followed, and those that are open. */
export class OperationBook {
  readonly #groups = new OperationGroups();
  readonly #sorts = sortsOfOperations();
  readonly #open = new Map<number, Operation>();
  /** The sorts of those that others stand for. */
  readonly #others = new Map<number, OperationSort>();
  readonly #isDeep: boolean;
  /** Whose callback runs, or ran last: what goes on after it, ticks and promises, it has led to. */
  #cause: Operation | null = null;
  /** The causes of the callbacks around this one. */
  readonly #around: (Operation | null)[] = [];
  #isEnding = false;
  #dropped = 0;
  /** Those that are open and will end by themselves. */
  ending = 0;
  /** How often hooks were called, and stacks read: who counts what that costs sets them to 0. */
  calls = 0;
  stacks = 0;

  /** @param isDeep promises, too */
  constructor(isDeep: boolean) {
    this.#isDeep = isDeep;
  }

  /** The hook of the same name, as all that follow: it began. */
  init(id: number, type: string): void {
    this.calls++;
    if (type === 'TickObject' || (type === 'PROMISE' && !this.#isDeep)) return; // of which there are the most
    const sort = this.#sorts.of(type);
    if (sort === null) return;
    const weight = sort.weigh();
    if (this.#open.size + this.#others.size >= mostOpen) {
      this.#dropped += weight;
      return;
    }
    if (weight === 0) {
      sort.open++;
      this.#others.set(id, sort);
      return;
    }
    this.stacks++;
    const origin = sort.isRequest ? null : readOrigin();
    if (type === 'PROMISE' && origin === null) return;
    if (type === 'Timeout' && (origin === null || !ofTimers.test(origin.calls))) return; // Node's own, as of each connection
    const group = this.#groups.of(type, origin?.site ?? null, weight);
    if (group === null) return;
    sort.open++;
    group.count += weight;
    group.open += weight;
    group.peak = Math.max(group.peak, Math.min(group.open, sort.open)); // so many there were of the sort, at all lines
    const parent = this.#parentOf(group);
    if (parent !== null) group.parents.set(parent, (group.parents.get(parent) ?? 0) + weight);
    if (!sort.isLasting) this.ending++;
    this.#open.set(id, { group, sort, weight, parent, since: now(), runsSince: 0 });
  }

  /** Reading a file is several operations of one line: all of them have the parent of the first. */
  #parentOf({ site }: OperationGroup): OperationGroup | null {
    const cause = this.#cause;
    if (cause === null) return null;
    const from = cause.group.site;
    const isSame = site !== null && from !== null && from.file === site.file && from.line === site.line;
    return isSame ? cause.parent : cause.group;
  }

  /** Its callback is called, and what begins in that it has led to. */
  before(id: number): void {
    this.#around.push(this.#cause);
    const operation = this.run(id);
    if (operation !== null) this.#cause = operation;
    else if (this.#cause !== null && !goesOn(executionAsyncResource())) this.#cause = null;
  }

  /** Its callback has returned. */
  after(id: number): void {
    const around = this.#around.pop() ?? null;
    if (this.#around.length > 0) this.#cause = around;
    if (this.pause(id)) return;
    const sort = this.#others.get(id);
    if (sort?.isLasting === false) this.#closeOther(id, sort);
  }

  /** As `before`, where nothing is known of what begins. Null for an operation of which nothing is known. */
  run(id: number): Operation | null {
    this.calls++;
    const operation = this.#open.get(id);
    if (operation === undefined) return null;
    const { group, sort, weight, since } = operation;
    if (sort.isLasting && this.#isEnding) return null; // it may be called for ever
    const at = now();
    group.waitingMs += (at - since) * weight;
    group.runs += weight;
    operation.runsSince = at;
    return operation;
  }

  /** As `after`, likewise. Whether it is an operation of which something is known. */
  pause(id: number): boolean {
    this.calls++;
    const operation = this.#open.get(id);
    if (operation === undefined) return false;
    if (operation.runsSince === 0) return true;
    const at = now();
    operation.group.onLoopMs += (at - operation.runsSince) * operation.weight;
    operation.since = at;
    operation.runsSince = 0;
    if (!operation.sort.isLasting) this.#close(id, operation);
    return true;
  }

  /** It is gone: most have ended with their callback. */
  destroy(id: number): void {
    this.calls++;
    const operation = this.#open.get(id);
    if (operation !== undefined) {
      const { group, since, weight, sort } = operation;
      if (!sort.isLasting) group.waitingMs += (now() - since) * weight; // it ended without a callback
      this.#close(id, operation);
      return;
    }
    const other = this.#others.get(id);
    if (other !== undefined) this.#closeOther(id, other);
  }

  /** A promise was settled. */
  settle(id: number): void {
    this.calls++;
    const operation = this.#open.get(id);
    if (operation === undefined || operation.group.type !== 'PROMISE') return;
    operation.group.waitingMs += (now() - operation.since) * operation.weight;
    this.#close(id, operation);
  }

  #close(id: number, { group, sort, weight }: Operation): void {
    this.#open.delete(id);
    group.open -= weight;
    sort.open--;
    if (!sort.isLasting) this.ending--;
  }

  #closeOther(id: number, sort: OperationSort): void {
    this.#others.delete(id);
    sort.open--;
  }

  /** A tenth of a second went by. */
  tick(): void {
    this.#sorts.tick();
  }

  /** How many are open now is another point in time. */
  draw(): void {
    this.#groups.tick();
  }

  /** None begins that is seen: what has begun goes on, since how long it takes is to be known. */
  startEnd(): void {
    this.#isEnding = true;
    this.#others.clear();
    this.#cause = null;
    this.#around.length = 0;
  }

  /** What is open is seen no longer: how long it takes is not known, only that it took so long. */
  close(): void {
    this.#addOpen();
    for (const { group, weight } of this.#open.values()) group.open -= weight;
    this.#forgetOpen();
  }

  /** Forgets everything. */
  clear(): void {
    this.#groups.clear();
    this.#forgetOpen();
    this.#dropped = 0;
  }

  /** What there is at the end. */
  entries(mapSite: (site: Site) => SiteEntry): { readonly groups: OperationEntry[]; readonly dropped: number } {
    this.#addOpen();
    const groups = this.#groups.entries(mapSite);
    return { groups, dropped: this.#dropped + this.#groups.dropped };
  }

  #addOpen(): void {
    const at = now();
    for (const { group, weight, since, runsSince } of this.#open.values()) {
      if (runsSince === 0) group.waitingMs += (at - since) * weight;
    }
  }

  #forgetOpen(): void {
    this.#open.clear();
    this.#others.clear();
    this.#sorts.clear();
    this.#isEnding = false;
    this.#cause = null;
    this.ending = 0;
  }
}

/** A tick and a promise go on with what an operation has begun; all else that is not followed begins by itself. */
function goesOn(resource: object): boolean {
  return resource instanceof Promise || Object.getPrototypeOf(resource) === Object.prototype;
}
