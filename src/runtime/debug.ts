// Debug mode: more is remembered and said, at a price. Off unless LOOPSCOPE_DEBUG=1 or `run(main, { debug: true })` asks.
import { limitCallSites } from './call-site.ts';

/** Begins something that debug mode does besides; returns what ends it. */
type Begin = () => () => void;

const usualCallSites = 200;
const begins: Begin[] = [];
let ends: (() => void)[] = [];
let users = 0;

/** Whether debug mode is on. */
export function isDebugging(): boolean {
  return users > 0;
}

/** Calls `begin` whenever debug mode begins, now if it is on. */
export function onDebug(begin: Begin): void {
  begins.push(begin);
  if (users > 0) ends.push(begin());
}

/**
 * Turns debug mode on: the call sites of all tasks are captured, and whatever else `onDebug` was told.
 * @returns what turns it off, unless others want it too; it may be called twice
 */
export function startDebug(): () => void {
  if (users++ === 0) {
    limitCallSites(Infinity);
    ends = begins.map((begin) => begin());
  }
  let isOver = false;
  return () => {
    if (isOver) return;
    isOver = true;
    if (--users > 0) return;
    limitCallSites(usualCallSites);
    for (const end of ends.splice(0)) end();
  };
}
