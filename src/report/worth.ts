// Whether a report that nobody asked for has anything to say.
import type { Report } from './format.ts';

/**
 * Whether a report is to be shown: one that was asked for always is; that at the end if something is pending or has blocked
 * the loop, if there is a profile, or if rules warn of something that is over.
 */
export function isWorthShowing({ reason, tasks, loop, profile, warnings, answers }: Report): boolean {
  if ((reason !== 'exit' && reason !== 'interrupt') || answers !== undefined) return true;
  const wasBlocked = loop?.blocks.some(({ kind }) => kind !== 'unknown') ?? false;
  return tasks.length > 0 || wasBlocked || profile !== null || (warnings?.length ?? 0) > 0;
}
