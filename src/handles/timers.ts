// The timers and immediates of this thread, out of the lists that Node itself keeps them in.
import { clearTimeout, setTimeout } from '../runtime/real-timers.ts';
import { variablesOfTimers } from './internals.ts';

/** What Node's timers have in all versions that are supported. */
export interface Timer {
  readonly _idleTimeout: number;
  readonly _idleStart: number;
  readonly _idlePrev: Timer | TimerList | null;
  readonly _onTimeout: ((...parameters: never) => unknown) | null;
  /** Milliseconds, of an interval. */
  readonly _repeat: number | null;
  hasRef(): boolean;
}

export interface Immediate {
  readonly _idleNext: Immediate | null;
  readonly _onImmediate: ((...parameters: never) => unknown) | null;
  hasRef(): boolean;
}

interface TimerList {
  readonly _idlePrev: Timer | TimerList;
}

interface Lists {
  readonly timerListMap: Readonly<Record<string, TimerList>>;
  readonly immediateQueue: { readonly head: Immediate | null };
}

export interface Timers {
  readonly timers: readonly Timer[];
  readonly immediates: readonly Immediate[];
  /** How many there are beyond those. */
  readonly dropped: number;
  /** The clock of timers, `_idleStart` and all. */
  readonly now: number;
}

const most = 50_000;
let lists: Lists | null = null;

/** All that have not fired. Throws where the inspector cannot be asked. */
export function findTimers(): Timers {
  lists ??= variablesOfTimers(['timerListMap', 'immediateQueue']) as unknown as Lists;
  const timers: Timer[] = [];
  const immediates: Immediate[] = [];
  let dropped = 0;
  for (const list of Object.values(lists.timerListMap)) {
    for (let each = list._idlePrev; each !== list; each = (each as Timer)._idlePrev as Timer) {
      if (timers.length < most) timers.push(each as Timer);
      else dropped++;
    }
  }
  for (let each = lists.immediateQueue.head; each !== null && each !== undefined; each = each._idleNext) {
    if (immediates.length < most) immediates.push(each);
    else dropped++;
  }
  return { timers, immediates, dropped, now: clock() };
}

function clock(): number {
  const timer = setTimeout(() => {}, 1);
  clearTimeout(timer);
  return (timer as unknown as Timer)._idleStart;
}
