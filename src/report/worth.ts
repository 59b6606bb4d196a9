// Whether a report that nobody asked for has anything to say.
import type { BlockGroup } from '../channels/loop.ts';
import { functionsOfProgram } from './awaits.ts';
import type { ProcessEntry, Report } from './format.ts';

/** A block is worth a report though nobody knows what it was, if it took so many times the threshold. */
const longThresholds = 5;
/** Node's own, for a main module that awaits what nobody can settle any more. */
const unsettledExitCode = 13;

/**
 * Whether a report is to be shown: one that was asked for always is; that at the end if something is pending or has blocked
 * the loop, if there is a profile, or if rules warn of something that is over. Functions that are suspended at Ctrl-C count:
 * they may be why it was pressed.
 */
export function isWorthShowing(report: Report): boolean {
  const { reason, process, tasks, loop, profile, warnings, answers, awaits } = report;
  if ((reason !== 'exit' && reason !== 'interrupt') || answers !== undefined) return true;
  const wasBlocked = isAnyTelling(loop?.blocks ?? [], loop?.thresholdMs ?? 0);
  const mayBeStuck = reason === 'interrupt' || isUnsettled(process);
  const isStuck = mayBeStuck && awaits != null && functionsOfProgram(awaits).length > 0;
  return tasks.length > 0 || wasBlocked || isStuck || profile !== null || (warnings?.length ?? 0) > 0;
}

/** Whether a program has ended because its loop ran empty while its main module awaits something. */
export function isUnsettled({ exitCode, isDrained }: Pick<ProcessEntry, 'exitCode' | 'isDrained'>): boolean {
  return exitCode === unsettledExitCode && isDrained === true;
}

/** Whether it is known what one of them was, or one was long. */
export function isAnyTelling(blocks: readonly Pick<BlockGroup, 'kind' | 'maxMs'>[], thresholdMs: number): boolean {
  return blocks.some(({ kind, maxMs }) => kind !== 'unknown' || maxMs >= longThresholds * thresholdMs);
}
