// How long something may take in this report: less where the program was to be over.
import type { Report } from '../report/format.ts';

/**
 * The threshold; nothing where the loop ran empty, for then nothing can happen any more; and half of the run where the
 * program took longer than it was given.
 */
export function patienceOf({ reason, process }: Report, threshold: number): number {
  if (process.isDrained === true) return 0;
  return reason === 'timeout' ? Math.min(threshold, process.uptimeMs / 2) : threshold;
}
