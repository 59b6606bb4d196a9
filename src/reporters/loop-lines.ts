// What the event loop did, as lines of text: how late it was, and what blocked it.
import type { BlockEntry, LoopEntry, Report } from '../report/format.ts';
import { foldWords, wrap } from './lines.ts';
import { slicePhrases } from './profile-lines.ts';
import { count, duration, place, plain, taskName } from './wording.ts';

const mostBlocks = 20;
const mostCallers = 3;
// Shares of the time that are worth a word.
const notableWait = 0.1;
const notableGc = 0.2;

/** Empty where the loop was not measured, or the program ended before it turned. */
export function drawLoop({ reason, loop, process: { directory } }: Report, width: number): string[] {
  if (loop == null) return []; // reports of earlier versions have none
  if (reason === 'exit' && loop.observedMs === 0 && loop.blocks.length === 0) return [];
  const blocks = loop.blocks.slice(0, mostBlocks).flatMap((block) => drawBlock(block, directory, width));
  const more = loop.blocks.slice(mostBlocks).reduce((sum, { count: times }) => sum + times, loop.droppedBlocks);
  if (more > 0) blocks.push(`  … ${count(more, 'block')} more`);
  return [...drawDelay(loop, width), ...drawBlocked(loop, width), ...blocks];
}

/** `blocked 3 times for 940 ms`, or null. */
export function blockedPhrase(loop: LoopEntry | null | undefined): string | null {
  if (loop == null || loop.blocks.length === 0) return null;
  const times = loop.blocks.reduce((sum, block) => sum + block.count, 0);
  const totalMs = loop.blocks.reduce((sum, block) => sum + block.totalMs, 0);
  return `blocked ${times === 1 ? 'once' : `${times} times`} for ${duration(totalMs)}`;
}

function drawDelay(loop: LoopEntry, width: number): string[] {
  const { observedMs, delay, utilization, gc, processorWaitMs, blocks } = loop;
  if (observedMs === 0) return blocks.length > 0 ? [] : ['it has not turned yet'];
  const { p50Ms, p99Ms, maxMs } = delay;
  const phrases = [
    `delay p50 ${short(p50Ms)}, p99 ${short(p99Ms)}, max ${short(maxMs)}`,
    `busy ${Math.round(utilization * 100)} % of ${duration(observedMs)}`,
  ];
  if (gc.count > 0) phrases.push(`${count(gc.count, 'GC pause')}, ${short(gc.totalMs)}, longest ${short(gc.maxMs)}`);
  if (processorWaitMs !== null && processorWaitMs > observedMs * notableWait) {
    phrases.push(`${duration(processorWaitMs)} without a processor`);
  }
  return wrap(phrases, width, '', '');
}

function drawBlocked(loop: LoopEntry, width: number): string[] {
  const phrase = blockedPhrase(loop);
  if (phrase === null) return [];
  const longestMs = Math.max(...loop.blocks.map(({ maxMs }) => maxMs));
  const isOne = loop.blocks.length === 1 && loop.blocks[0]?.count === 1;
  const longest = isOne ? '' : `, longest ${duration(longestMs)}`;
  const threshold = loop.thresholdMs === null ? '' : ` (a turn over ${duration(loop.thresholdMs)} is a block)`;
  return foldWords(`${phrase}${longest}${threshold}`, width, '');
}

function drawBlock(block: BlockEntry, directory: string, width: number): string[] {
  const { kind, native, count: times, totalMs, maxMs, gcMs, now, stack, tasks, otherTasks, slice } = block;
  const [top, ...callers] = stack;
  const title = native ?? (top === undefined ? '' : functionName(top.function));
  const name = `${times > 1 ? `${times} × ` : ''}${title === '' ? whatUnknown(block) : title}`;
  const phrases = [name, now ? `${duration(totalMs)} and still` : duration(totalMs)];
  if (times > 1) phrases.push(`longest ${duration(maxMs)}`);
  if (kind !== 'unknown') phrases.push(kind);
  if (gcMs > totalMs * notableGc) phrases.push(`${duration(gcMs)} of it GC`);
  if (top !== undefined) phrases.push(`at ${place(top, directory)}`);
  if (tasks.length > 0) {
    const more = tasks.length > 1 ? `, +${tasks.length - 1 + otherTasks}` : '';
    phrases.push(`in ${taskName(tasks[0] as (typeof tasks)[0])}${more}`);
  }
  const lines = wrap(phrases, width, '  ', '    ');
  for (const caller of callers.slice(0, mostCallers)) {
    lines.push(
      ...wrap([`from ${functionName(caller.function)}`, place(caller, directory)], width, '      ', '        '),
    );
  }
  const ran = slicePhrases(slice, directory);
  if (ran.length > 0) lines.push(...wrap([`ran ${ran[0]}`, ...ran.slice(1)], width, '      ', '        '));
  return lines;
}

function functionName(name: string): string {
  return name === '' ? '(anonymous)' : plain(name);
}

function whatUnknown({ kind, now, slice }: BlockEntry): string {
  if (kind !== 'unknown') return kind;
  if (now) return 'something of which nothing could be seen';
  return `something that ended before it could be looked at${slice === null ? ' (--profile names it)' : ''}`;
}

/** Shorter ones than ten milliseconds to a tenth. */
function short(milliseconds: number): string {
  if (milliseconds >= 9.95) return duration(milliseconds);
  if (milliseconds < 0.05) return '0 ms';
  return `${milliseconds.toFixed(1)} ms`;
}
