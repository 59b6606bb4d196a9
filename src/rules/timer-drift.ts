// timer-drift: timers fire late, though nothing blocks the loop for long.
import type { LoopEntry } from '../report/format.ts';
import type { IntervalEntry } from '../report/history.ts';
import { count, duration, lineOf } from '../report/phrases.ts';
import { calls } from './open-words.ts';
import type { Finding, Rule, RuleContext } from './rule.ts';

const leastObservedMs = 5000;
/** Of the time in which the loop works: what is blocks explains the delay, and other rules say so. */
const blocksShare = 0.5;
/** Of all time: a turn that waits for a processor is long, and nothing tells which one did. */
const starvedShare = 0.05;
/** Of the length of an interval: what is less nobody notices. */
const leastShare = 0.02;

export const timerDrift: Rule = {
  name: 'timer-drift',
  summary: 'timers fire late, though nothing blocks the loop',
  threshold: { value: 20, unit: 'ms', of: 'how late half of all timers are, or half of the ticks of one interval' },
  meaning:
    'Whatever is due at a random moment, such as a timer or a request that arrives, waits longer for its turn than the ' +
    'threshold in half of all cases. No turn of the loop is long enough to be a block: there are so many short ones that one waits ' +
    'behind the other. Or a single interval is late, since something else always runs when it is due. Node sets an ' +
    'interval anew when it fires, so that it falls behind by that much at each tick.',
  quiet:
    'The loop was measured for less than five seconds; blocks make up half of its work (that is blocked-loop or ' +
    'blocking-call); the machine had no processor for it for 5 % of the time: then that may be what makes it late. An ' +
    'interval is late by less than 2 % of its length, or fewer than five of its ticks were looked at, up to three every two seconds.',
  fix:
    'Spread the work over workers or processes, or do less of it. Count the time that has passed by a clock rather than by ' +
    'the number of ticks of an interval.',
  wrong: `setInterval(() => { seconds += 1; }, 1000);`,
  right: `const start = performance.now();
setInterval(() => { seconds = (performance.now() - start) / 1000; }, 1000);`,
  check(context) {
    const { loop } = context.report;
    if (loop === null || loop.observedMs < leastObservedMs) return { unknown: 'the loop was not measured for 5 s' };
    const { observedMs, utilization, blocks, processorWaitMs } = loop;
    const blockedMs = blocks.reduce((sum, { totalMs }) => sum + totalMs, 0);
    const found = ofLoop(loop, context) ?? ofIntervals(context);
    if (found === null || blockedMs >= observedMs * utilization * blocksShare) return [];
    if ((processorWaitMs ?? 0) >= observedMs * starvedShare) {
      return { unknown: 'the machine had no processor for it for 5 % of the time' };
    }
    return [found];
  },
};

/** Whatever is due is late. */
function ofLoop({ delay, utilization }: LoopEntry, context: RuleContext): Finding | null {
  if (delay.p50Ms < context.threshold) return null;
  const worst = worstInterval(lateIntervals(context));
  return {
    message:
      `Half of what is due fires ${duration(delay.p50Ms)} late or later (1 in 100: ${duration(delay.p99Ms)}), though ` +
      `hardly anything blocks the loop: it is busy for ${Math.round(utilization * 100)} % of the time, in short ` +
      `turns${worst === undefined ? '' : `; the ${describe(worst, context)} ${losesOf(worst)}`}.`,
    advice: 'Spread the work over workers or processes, and count time by a clock.',
    site: worst === undefined ? null : (worst.at ?? worst.calls),
    value: Math.round(delay.p50Ms),
  };
}

/** Some intervals are late, though the loop is not: other code always runs when they are due. */
function ofIntervals(context: RuleContext): Finding | null {
  const late = lateIntervals(context);
  const worst = worstInterval(late);
  if (worst === undefined) return null;
  const others = late.length - 1;
  return {
    message:
      `The ${describe(worst, context)} fires ${duration(worst.late.p50Ms)} late or later in half of all cases, and ` +
      `${losesOf(worst)}: something else always runs when it is due` +
      `${others === 0 ? '' : `, and when ${count(others, 'other interval')} ${others === 1 ? 'is' : 'are'}`}.`,
    advice: 'Let what is due at the same moment begin at different ones, and count time by a clock.',
    site: worst.at ?? worst.calls,
    count: late.length,
    value: Math.round(worst.late.p50Ms),
  };
}

function lateIntervals({ report, threshold }: RuleContext): IntervalEntry[] {
  const all = report.history?.intervals?.entries ?? [];
  return all.filter(({ late, everyMs }) => late.p50Ms >= threshold && late.p50Ms >= everyMs * leastShare);
}

function worstInterval(late: readonly IntervalEntry[]): IntervalEntry | undefined {
  return late.toSorted((a, b) => lossOf(b) - lossOf(a))[0];
}

/** The share of its ticks that an interval loses: Node sets it anew when it fires, not when it was due. */
function lossOf({ late, everyMs }: IntervalEntry): number {
  return late.p50Ms / (late.p50Ms + everyMs);
}

function losesOf(interval: IntervalEntry): string {
  return `falls behind by ${duration(lossOf(interval) * 60_000)} a minute`;
}

function describe({ everyMs, at, calls: called }: IntervalEntry, { report }: RuleContext): string {
  const { directory } = report.process;
  const where = at !== null ? `set at ${lineOf(at, directory)}` : null;
  const what = called === null ? '' : `, which ${calls(1, called.function, lineOf(called, directory))},`;
  return `interval of ${duration(everyMs)}${where === null ? what : ` ${where}`}`;
}
