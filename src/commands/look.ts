// Looks at processes and shows what each awaits, as `loopscope ps PID` and `loopscope tree PID` do.
import { ReadError, type ReadProblem } from '../heap/read-error.ts';
import type { AwaitReport } from '../report/awaits.ts';
import { watchAwaits, type AwaitWatch } from '../report/await-watch.ts';
import type { TextOptions } from '../reporters/text.ts';
import { complain } from '../runtime/complain.ts';
import { commandLine } from './again.ts';
import type { AwaitOptions } from './await-options.ts';
import { fail } from './fail.ts';
import { holdSignals } from './hold.ts';
import { drawingOf, writeOutput } from './output.ts';
import { giveWay } from './quiet.ts';
import { readAwaits, readDump } from './read-awaits.ts';
import { watchScreen } from './watch.ts';

/** Draws a report; `watch` is what earlier looks have shown. */
export type Draw = (report: AwaitReport, drawing: TextOptions, watch: AwaitWatch | null) => string;

const passing: ReadonlySet<ReadProblem> = new Set(['busy', 'changed']);

/** Reads what the options name and shows it. What cannot be read is one line on stderr and an exit code. */
export async function look(command: 'ps' | 'tree', options: AwaitOptions, draw: Draw): Promise<void> {
  // A process that stands still for us should do so for as short as can be.
  if (!options.stop) giveWay();
  const { subject } = options;
  const show = async (read: () => Promise<AwaitReport>): Promise<void> => {
    try {
      const report = await holdSignals(leavesTraces(options), read);
      await writeOutput(draw(report, drawingOf(options.output), null), options.output);
    } catch (error) {
      // Of all that were there a moment ago, some have ended.
      if (subject.type !== 'all' || !(error instanceof ReadError) || error.problem !== 'gone') fail(error);
    }
  };
  if (subject.type === 'core') return show(() => readDump(subject.core, subject.exe, options));
  let pids: readonly number[];
  try {
    pids = subject.type === 'pids' ? subject.pids : await ownNodePids(command);
  } catch (error) {
    return fail(error);
  }
  const [first] = pids;
  if (options.watchMs !== null && first !== undefined) return watchProcess(first, command, options, draw);
  for (const pid of pids) await show(() => readAwaits(pid, command, options));
}

async function watchProcess(pid: number, command: 'ps' | 'tree', options: AwaitOptions, draw: Draw): Promise<void> {
  let seen: AwaitWatch | null = null;
  const next = async (drawing: TextOptions): Promise<string> => {
    try {
      const report = await holdSignals(leavesTraces(options), () => readAwaits(pid, command, options));
      seen = watchAwaits(seen, report);
      return draw(report, drawing, seen);
    } catch (error) {
      if (!(error instanceof ReadError) || !passing.has(error.problem)) throw error;
      complain(error.message); // the next look may tell
      return '';
    }
  };
  try {
    await watchScreen(next, {
      everyMs: options.watchMs as number,
      output: options.output,
      isSafeToLeave: !leavesTraces(options),
    });
  } catch (error) {
    fail(error);
  }
}

/** Whether its inspector is open for us: it is to be closed whatever happens. A process that is stopped is seen to. */
function leavesTraces({ via }: AwaitOptions): boolean {
  return via === 'inspector' || via === 'snapshot';
}

/** Those of this user; of everybody, if this is root. */
async function ownNodePids(command: 'ps' | 'tree'): Promise<number[]> {
  const { listNodeProcesses } = await import('../heap/process/list.ts');
  const user = process.geteuid?.() ?? null;
  const found = await listNodeProcesses({ commandFor: (pid) => commandLine(command, pid), lookMs: 0 });
  const own = found.filter(({ user: owner }) => user === 0 || owner?.id === user);
  if (own.length === 0) throw new ReadError('gone', 'no Node process of yours is there');
  return own.map(({ pid }) => pid);
}
