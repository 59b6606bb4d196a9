// The asynchronous operations of this thread, by async_hooks: how long each waits for its callback, and how long that runs.
// Where there are very many, they are followed a part of the time. Promises are none, but in deep mode.
import { createHook, executionAsyncResource, type AsyncHook } from 'node:async_hooks';
import type { Site } from '../channels/site.ts';
import type { SiteEntry } from '../report/format.ts';
import type { OperationsEntry } from '../report/recording.ts';
import { now } from '../runtime/clock.ts';
import { OperationGroups, type OperationGroup } from './operation-groups.ts';
import { readOrigin } from './origin.ts';

const mostOpen = 50_000;
/** More inits than this a second, and the hooks rest for some ticks after each: the more, the longer. */
const busyPerSecond = 5000;
const perTickOfRest = 12_500;
const mostTicksOfRest = 20;
/** So many stacks of a sort are read between two ticks before only every second is, and so on. */
const stacksPerTick = 50;

/** What goes on for as long as it is open: it ends when it is destroyed, not with its first callback. */
const lasting =
  /^(?:Timeout|TCP(?:SERVER)?WRAP|PIPE(?:SERVER)?WRAP|UDPWRAP|TTYWRAP|FSEVENTWRAP|STATWATCHER|PROCESSWRAP|WORKER|MESSAGEPORT|ZLIB|SIGNALWRAP|HTTPCLIENTREQUEST|HTTP2SESSION|HTTP2STREAM|TLSWRAP|DIRHANDLE|FILEHANDLE)$/;
/** What says nothing: begun by Node for something that is seen itself. */
const unseen = new Set(['TickObject', 'Microtask', 'DNSCHANNEL', 'MESSAGEPORT', 'Immediate']);

/** Who makes a timer for the program. */
const ofTimers = /^(?:setTimeout|setInterval|wait|timeout|AbortSignal\.timeout|)$/;

/** A request that a server answers: it has no line of its own, and much begins in it. */
const ofRequests = 'HTTPINCOMINGMESSAGE';

interface Operation {
  readonly group: OperationGroup;
  readonly weight: number;
  /** In whose callback it began, or in what that callback led to by promises; null where that is not known. */
  readonly parent: OperationGroup | null;
  readonly isLasting: boolean;
  /** Since when it waits. */
  since: number;
  /** Its callback runs since then; 0 while it waits. */
  runsSince: number;
}

interface Sampling {
  every: number;
  seen: number;
  taken: number;
}

export interface OperationsOptions {
  /** Promises, too. */
  readonly isDeep: boolean;
}

/** What runs while operations are followed. */
export interface OperationFollower {
  /** A tenth of a second went by. */
  tick(): void;
  /** Forgets what was until now. */
  restart(): void;
  stop(mapSite: (site: Site) => SiteEntry): OperationsEntry;
}

/** Follows operations from now on. */
export function followOperations(options: OperationsOptions): OperationFollower {
  return new Follower(options);
}

class Follower implements OperationFollower {
  readonly #groups = new OperationGroups();
  readonly #open = new Map<number, Operation>();
  readonly #sampling = new Map<string, Sampling>();
  readonly #options: OperationsOptions;
  readonly #hook: AsyncHook;
  /** Whose callback runs, or ran last: what goes on after it, ticks and promises, it has led to. */
  #cause: Operation | null = null;
  /** The causes of the callbacks around this one. */
  readonly #around: (Operation | null)[] = [];
  #inits = 0;
  #on = false;
  #rest = 0;
  #onSince = 0;
  #lastTick = now();
  #followedMs = 0;
  #dropped = 0;

  constructor(options: OperationsOptions) {
    this.#options = options;
    this.#hook = createHook({
      init: (id, type) => this.#init(id, type),
      before: (id) => this.#before(id),
      after: (id) => this.#after(id),
      destroy: (id) => this.#end(id),
      ...(options.isDeep ? { promiseResolve: (id: number) => this.#settle(id) } : { trackPromises: false }), // Node 22 does not know it, and calls for promises as well
    });
    this.#turnOn();
  }

  #init(id: number, type: string): void {
    if (type === 'PROMISE' && !this.#options.isDeep) return;
    this.#inits++;
    if (unseen.has(type)) return;
    const weight = this.#weigh(type);
    if (weight === 0) return;
    const at = now();
    const origin = type === ofRequests ? null : readOrigin();
    if (type === 'PROMISE' && origin === null) return;
    if (type === 'Timeout' && (origin === null || !ofTimers.test(origin.calls))) return; // Node's own, as of each connection
    const site = origin?.site ?? null;
    if (this.#open.size >= mostOpen) {
      this.#dropped += weight;
      return;
    }
    const group = this.#groups.of(type, site, weight);
    if (group === null) return;
    group.count += weight;
    group.open += weight;
    if (group.open > group.peak) group.peak = group.open;
    const parent = this.#parentOf(group);
    if (parent !== null) group.parents.set(parent, (group.parents.get(parent) ?? 0) + weight);
    const isLasting = type === ofRequests || lasting.test(type);
    this.#open.set(id, { group, weight, parent, isLasting, since: at, runsSince: 0 });
  }

  /** Reading a file is several operations of one line: all of them have the parent of the first. */
  #parentOf({ site }: OperationGroup): OperationGroup | null {
    const cause = this.#cause;
    if (cause === null) return null;
    const from = cause.group.site;
    const isSame = site !== null && from !== null && from.file === site.file && from.line === site.line;
    return isSame ? cause.parent : cause.group;
  }

  /** For how many operations this one is to stand; 0 for one that others stand for. */
  #weigh(type: string): number {
    let sampling = this.#sampling.get(type);
    if (sampling === undefined) this.#sampling.set(type, (sampling = { every: 1, seen: 0, taken: 0 }));
    if (++sampling.seen % sampling.every !== 0) return 0;
    const weight = sampling.every;
    if (++sampling.taken >= stacksPerTick) {
      sampling.taken = 0;
      sampling.every *= 2;
    }
    return weight;
  }

  #before(id: number): void {
    const operation = this.#open.get(id);
    this.#around.push(this.#cause);
    if (operation === undefined) {
      if (!goesOn(executionAsyncResource())) this.#cause = null;
      return;
    }
    const at = now();
    operation.group.waitingMs += (at - operation.since) * operation.weight;
    operation.group.runs += operation.weight;
    operation.runsSince = at;
    this.#cause = operation;
  }

  #after(id: number): void {
    const around = this.#around.pop() ?? null;
    if (this.#around.length > 0) this.#cause = around;
    const operation = this.#open.get(id);
    if (operation === undefined || operation.runsSince === 0) return;
    const at = now();
    operation.group.onLoopMs += (at - operation.runsSince) * operation.weight;
    operation.since = at;
    operation.runsSince = 0;
    if (!operation.isLasting) this.#close(id, operation);
  }

  #end(id: number): void {
    const operation = this.#open.get(id);
    if (operation === undefined) return;
    const { group, since, weight, isLasting } = operation;
    if (!isLasting) group.waitingMs += (now() - since) * weight; // it ended without a callback
    this.#close(id, operation);
  }

  #settle(id: number): void {
    const operation = this.#open.get(id);
    if (operation?.group.type !== 'PROMISE') return;
    operation.group.waitingMs += (now() - operation.since) * operation.weight;
    this.#close(id, operation);
  }

  #close(id: number, { group, weight }: Operation): void {
    this.#open.delete(id);
    group.open -= weight;
  }

  tick(): void {
    const at = now();
    const perSecond = (this.#inits / Math.max(1, at - this.#lastTick)) * 1000;
    this.#inits = 0;
    this.#lastTick = at;
    for (const sampling of this.#sampling.values()) {
      sampling.every = Math.max(1, sampling.every / 2);
      sampling.taken = 0;
    }
    if (this.#on) {
      this.#groups.tick();
      if (perSecond > busyPerSecond) this.#turnOff(perSecond);
    } else if (--this.#rest <= 0) this.#turnOn();
  }

  #turnOn(): void {
    this.#on = true;
    this.#onSince = now();
    this.#hook.enable();
  }

  /** What is open is waited for no longer: how long it takes is not known, only that it took so long. */
  #turnOff(perSecond: number): void {
    const at = now();
    this.#hook.disable();
    this.#on = false;
    this.#rest = Math.min(mostTicksOfRest, Math.ceil(perSecond / perTickOfRest));
    this.#followedMs += at - this.#onSince;
    for (const { group, weight, since, runsSince } of this.#open.values()) {
      if (runsSince === 0) group.waitingMs += (at - since) * weight;
      group.open -= weight;
    }
    this.#open.clear();
    this.#cause = null;
    this.#around.length = 0;
  }

  restart(): void {
    this.#groups.clear();
    this.#open.clear();
    this.#followedMs = 0;
    this.#dropped = 0;
    this.#onSince = now();
  }

  stop(mapSite: (site: Site) => SiteEntry): OperationsEntry {
    const at = now();
    this.#hook.disable();
    if (this.#on) this.#followedMs += at - this.#onSince;
    this.#on = false;
    for (const { group, weight, since, runsSince } of this.#open.values()) {
      if (runsSince === 0) group.waitingMs += (at - since) * weight;
    }
    const { isDeep } = this.#options;
    return {
      followedMs: Math.round(this.#followedMs),
      isDeep,
      groups: this.#groups.entries(mapSite),
      dropped: this.#dropped + this.#groups.dropped,
    };
  }
}

/** A tick and a promise go on with what an operation has begun; all else that is not followed begins by itself. */
function goesOn(resource: object): boolean {
  return resource instanceof Promise || Object.getPrototypeOf(resource) === Object.prototype;
}
