// The sorts of operations, as Node names them: which are seen, how they end, and of how many one has its stack read.
import { Chance } from './chance.ts';

/** So many stacks of a sort are read between two ticks before only every second is, and so on. */
const stacksPerTick = 50;

/** What goes on for as long as it is open: it ends when it is destroyed, not with its first callback. */
const lasting =
  /^(?:Timeout|TCP(?:SERVER)?WRAP|PIPE(?:SERVER)?WRAP|UDPWRAP|TTYWRAP|FSEVENTWRAP|STATWATCHER|PROCESSWRAP|WORKER|MESSAGEPORT|ZLIB|SIGNALWRAP|HTTPCLIENTREQUEST|HTTP2SESSION|HTTP2STREAM|TLSWRAP|DIRHANDLE|FILEHANDLE)$/;
/** What says nothing: begun by Node for something that is seen itself. */
const unseen = new Set(['TickObject', 'Microtask', 'DNSCHANNEL', 'MESSAGEPORT', 'Immediate']);
/** A request that a server answers: it has no line of its own, and much begins in it. */
export const ofRequests = 'HTTPINCOMINGMESSAGE';

/** What operations of one type have in common. */
export class OperationSort {
  readonly isLasting: boolean;
  readonly isRequest: boolean;
  /** Those that are open, also those of which nothing else is known. */
  open = 0;
  readonly #chance: Chance;
  #every = 1;
  /** How many begin until one is looked at, and for how many that is to stand. */
  #until = 1;
  #weight = 1;
  #taken = 0;

  constructor(type: string, chance: Chance) {
    this.isRequest = type === ofRequests;
    this.isLasting = this.isRequest || lasting.test(type);
    this.#chance = chance;
  }

  /**
   * For how many operations the one that begins is to stand; 0 for one that others stand for. Which it is chance decides:
   * a file that is read is several operations, always in the same order.
   */
  weigh(): number {
    if (--this.#until > 0) return 0;
    const weight = this.#weight;
    if (++this.#taken >= stacksPerTick) {
      this.#taken = 0;
      this.#every *= 2;
    }
    this.#weight = this.#every;
    this.#until = 1 + Math.floor(this.#chance.next() * (2 * this.#every - 1));
    return weight;
  }

  /** Fewer may stand for all. */
  tick(): void {
    this.#every = Math.max(1, this.#every / 2);
    this.#taken = 0;
  }
}

/** All sorts. */
export interface OperationSorts {
  /** Null for what is not seen. */
  of(type: string): OperationSort | null;
  /** A tenth of a second went by. */
  tick(): void;
  /** Nothing is open any more. */
  clear(): void;
}

export function sortsOfOperations(): OperationSorts {
  const sorts = new Map<string, OperationSort | null>();
  const chance = new Chance();
  return {
    of(type) {
      let sort = sorts.get(type);
      if (sort === undefined) {
        sort = unseen.has(type) ? null : new OperationSort(type, chance);
        sorts.set(type, sort);
      }
      return sort;
    },
    tick() {
      for (const sort of sorts.values()) sort?.tick();
    },
    clear() {
      for (const sort of sorts.values()) if (sort !== null) sort.open = 0;
    },
  };
}
