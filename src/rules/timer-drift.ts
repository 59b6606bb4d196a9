// timer-drift: timers fire late, though nothing blocks the loop for long.
import { duration } from '../report/phrases.ts';
import type { Rule } from './rule.ts';

const leastObservedMs = 5000;
/** Of the time in which the loop works: what is blocks explains the delay, and other rules say so. */
const blocksShare = 0.5;
/** Of all time: a turn that waits for a processor is long, and nothing tells which one did. */
const starvedShare = 0.05;

export const timerDrift: Rule = {
  name: 'timer-drift',
  summary: 'timers fire late, though nothing blocks the loop',
  threshold: { value: 20, unit: 'ms', of: 'how late half of all timers are, or more' },
  meaning:
    'Whatever is due at a random moment, such as a timer or a request that arrives, has to wait that long for its turn in ' +
    'half of all cases. No turn of the loop is long enough to be a block: there are so many short ones that one waits ' +
    'behind the other. An interval falls behind by that much each time.',
  quiet:
    'The loop was measured for less than five seconds; blocks make up half of its work (that is blocked-loop or ' +
    'blocking-call); the machine had no processor for it for 5 % of the time: then that may be what makes it late.',
  fix:
    'Spread the work over workers or processes, or do less of it. Count the time that has passed by a clock rather than by ' +
    'the number of ticks of an interval.',
  wrong: `setInterval(() => { seconds += 1; }, 1000);`,
  right: `const start = performance.now();
setInterval(() => { seconds = (performance.now() - start) / 1000; }, 1000);`,
  check({ report: { loop }, threshold }) {
    if (loop === null || loop.observedMs < leastObservedMs) return { unknown: 'the loop was not measured for 5 s' };
    const { observedMs, utilization, delay, blocks, processorWaitMs } = loop;
    const busyMs = observedMs * utilization;
    const blockedMs = blocks.reduce((sum, { totalMs }) => sum + totalMs, 0);
    if (delay.p50Ms < threshold || blockedMs >= busyMs * blocksShare) return [];
    if ((processorWaitMs ?? 0) >= observedMs * starvedShare) {
      return { unknown: 'the machine had no processor for it for 5 % of the time' };
    }
    return [
      {
        message:
          `Half of what is due fires ${duration(delay.p50Ms)} late or later (1 in 100: ${duration(delay.p99Ms)}), though ` +
          `hardly anything blocks the loop: it is busy for ${Math.round(utilization * 100)} % of the time, in short turns.`,
        advice: 'Spread the work over workers or processes, and count time by a clock.',
        value: Math.round(delay.p50Ms),
      },
    ];
  },
};
