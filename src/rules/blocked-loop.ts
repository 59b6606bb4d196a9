// blocked-loop: code of the program kept the event loop from turning.
import { duration } from '../report/phrases.ts';
import type { BlockEntry, SiteEntry } from '../report/format.ts';
import { isBlockingCall } from './blocking-call.ts';
import { isProgram, short } from './names.ts';
import type { Finding, Rule } from './rule.ts';

// Most of it is not what the program did: how much there is to collect is.
const mostlyGc = 0.5;

export const blockedLoop: Rule = {
  name: 'blocked-loop',
  summary: 'code of the program keeps the event loop from turning',
  threshold: { value: 250, unit: 'ms', of: 'the longest that one function blocked the loop' },
  meaning:
    'A function ran, or made others run, for so long without giving the loop back: a computation, a regular expression ' +
    'that backtracks, JSON of many megabytes. Meanwhile nothing else happened: no request was answered, no timer fired.',
  quiet:
    'Turns below the threshold; those of which more than half is garbage collection; those with no code of the program ' +
    'on the stack (in node_modules alone), or which ended before anybody could look. Synchronous calls such as ' +
    'readFileSync are the matter of blocking-call, endless promise callbacks of starving-microtasks.',
  fix:
    'Let a thread compute: runInExecutor, WorkerPool or piscina. Or do it in pieces, with a turn of the loop between ' +
    'them (setImmediate). Stream what is large instead of parsing it at once.',
  wrong: `app.get('/report', () => summarise(rows));   // half a second`,
  right: `const summarise = new URL('./summarise.js', import.meta.url);
app.get('/report', () => runInExecutor(null, summarise, rows));`,
  check: ({ report, threshold }) => {
    if (report.loop === null) return { unknown: 'the event loop was not measured' };
    if (report.loop.thresholdMs === null) return { unknown: 'nobody looked for what blocks the event loop' };
    return report.loop.blocks.flatMap((block): Finding[] => {
      const site = siteOf(block);
      if (site === null || block.maxMs < threshold || !isOurs(block)) return [];
      const { count, totalMs, maxMs, tasks, now } = block;
      const did = now ? 'blocks the event loop now, for' : 'blocked the event loop';
      const times = count === 1 ? 'for' : `${count} times, for ${duration(totalMs)} in all, at most`;
      return [
        {
          message: `${culprit(block, site)} ${did} ${now ? '' : `${times} `}${duration(maxMs)}${now ? ' so far' : ''}.`,
          advice: 'Let a thread do it (runInExecutor), or do it in pieces with a turn of the loop between them.',
          site,
          task: tasks[0] ?? null,
          count,
          value: maxMs,
        },
      ];
    });
  },
};

function culprit({ native, kind }: BlockEntry, { function: name }: SiteEntry): string {
  const what = native ?? (kind === 'regular expression' ? 'A regular expression' : null);
  if (name === '') return what ?? 'A function';
  return what === null ? short(name) : `${what} in ${short(name)}`;
}

function isOurs({ kind, native, gcMs, totalMs }: BlockEntry): boolean {
  if (kind === 'microtasks' || (native !== null && isBlockingCall(native))) return false;
  return gcMs < totalMs * mostlyGc;
}

/** The innermost line of the program; null where there is none. */
function siteOf({ stack }: BlockEntry): SiteEntry | null {
  return stack.find(isProgram) ?? null;
}
