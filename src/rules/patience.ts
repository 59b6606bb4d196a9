// How long something may take in this report: less where the program or the test was to be over.
import type { Report } from '../report/format.ts';

/**
 * The threshold; nothing where the loop ran empty, for then nothing can happen any more; and half of the run where the
 * program or the test took longer than it was given.
 */
export function patienceOf({ reason, process, test }: Report, threshold: number): number {
  if (process.isDrained === true) return 0;
  if (reason === 'test') return Math.min(threshold, (test?.ranMs ?? threshold) / 2);
  return reason === 'timeout' ? Math.min(threshold, process.uptimeMs / 2) : threshold;
}
