// In a job of GitHub: what a process of tests reports by itself is also annotated at its lines, and in the step's summary.
import { readBuild } from '../config.ts';
import type { Report } from '../report/format.ts';
import type { CiOptions } from '../reporters/ci-place.ts';
import { examine } from '../reporters/findings.ts';
import { mostOfLevel, renderGithub } from '../reporters/github.ts';
import { complain } from '../runtime/complain.ts';
import { writeFully } from '../runtime/write.ts';
import { appendSummary } from './step-summary.ts';

/** What may still be written of each level. */
const left = new Map([
  ['error', mostOfLevel],
  ['warning', mostOfLevel],
]);

/**
 * Annotates a report of a test, with its warnings: an error for what fails the run, a warning for what is left behind.
 * What fails is said in one line.
 */
export function annotate(report: Report): void {
  const { root } = readBuild();
  const isEnded = report.test?.problem === 'not exiting';
  const fails: CiOptions['fails'] = ({ rule, isWarning }) => !isWarning && (isEnded || rule !== 'leaked');
  const examined = [examine(report)];
  try {
    const lines = renderGithub(examined, { root, fails }).split('\n').filter(isShown);
    // Nobody knows whether the last line has ended, and a command begins one.
    if (lines.length > 0) writeFully(2, `\n${lines.join('\n')}\n`);
    appendSummary(examined, { root, fails });
  } catch (error) {
    complain('the annotations of a report were lost', error);
  }
}

/** GitHub drops further ones of a step; they are in the summary. */
function isShown(line: string): boolean {
  const level = /^::(\w+)/.exec(line)?.[1] ?? '';
  const count = left.get(level) ?? 0;
  left.set(level, count - 1);
  return count > 0;
}
