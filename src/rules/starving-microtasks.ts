// starving-microtasks: promise callbacks or ticks that beget others, while no timer and no socket gets its turn.
import type { BlockEntry } from '../report/format.ts';
import { count, duration, lineOf } from '../report/phrases.ts';
import { isProgram, nameOf } from './names.ts';
import type { Finding, Rule, RuleContext } from './rule.ts';

export const starvingMicrotasks: Rule = {
  name: 'starving-microtasks',
  summary: 'promise callbacks beget others, and the loop starves',
  threshold: { value: 100, unit: 'ms', of: 'the longest time for which the loop did not turn' },
  meaning:
    'An `await` of something that is there already, or process.nextTick, goes on in the same turn of the loop. Code that ' +
    'does so again and again never lets the turn end: no timer fires, and nothing is read or written, though no function ' +
    'runs for long.',
  quiet:
    'The loop turned within the threshold; or no code of the program was on the stack (in node_modules alone), as in a ' +
    'command-line tool that has nobody to answer.',
  fix: 'Let the loop turn now and then: `await sleep(0)` or setImmediate after so many items, or await what really waits.',
  wrong: `while (!done) await null;               // done is set by a timer: never`,
  right: `while (!done) await sleep(0);`,
  check({ report, threshold }) {
    const { loop } = report;
    if (loop === null || loop.thresholdMs === null) return { unknown: 'nobody looked for what blocks the loop' };
    return loop.blocks
      .filter((block) => block.kind === 'microtasks' && block.maxMs >= threshold && !isOfLibrary(block))
      .map((block) => find(block, report));
  },
};

/** Whether it is known who did it, and that is no code of the program. */
function isOfLibrary({ stack }: BlockEntry): boolean {
  return stack.length > 0 && !stack.some(isProgram);
}

function find(
  { stack, count: times, totalMs, maxMs, tasks, now }: BlockEntry,
  { process }: RuleContext['report'],
): Finding {
  const site = stack.find(isProgram) ?? null;
  const [task = null] = tasks;
  const where = site === null ? '' : ` at ${lineOf(site, process.directory)}`;
  const whose = task === null ? '' : `, in ${nameOf(task)},`;
  const long =
    times === 1 ? duration(maxMs) : `${duration(totalMs)} in ${count(times, 'turn')}, ${duration(maxMs)} at most`;
  return {
    message:
      `Promise callbacks or ticks${where}${whose} went on in one and the same turn of the loop for ${long}` +
      `${now ? ', and still do' : ''}: no timer fired, and nothing was read or written.`,
    advice: 'Let the loop turn now and then: `await sleep(0)`, or setImmediate.',
    site,
    task,
    count: times,
    value: Math.round(maxMs),
  };
}
