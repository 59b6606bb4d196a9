// The summary of a step of a job of GitHub: what is appended to its file is shown below the log.
import { appendFileSync, statSync } from 'node:fs';
import { readBuild } from '../config.ts';
import type { CiOptions } from '../reporters/ci-place.ts';
import type { Examined } from '../reporters/findings.ts';
import { renderMarkdown } from '../reporters/markdown.ts';

// GitHub shows no more, and then says nothing of what this step wrote.
const mostBytes = 1024 * 1024;

/** Appends findings to the summary; elsewhere than in a job of GitHub it does nothing. Throws where that fails. */
export function appendSummary(examined: readonly Examined[], options: CiOptions): void {
  const { summaryFile } = readBuild();
  if (summaryFile === null) return;
  const { size = 0 } = statSync(summaryFile, { throwIfNoEntry: false }) ?? {};
  appendFileSync(summaryFile, renderMarkdown(examined, options, mostBytes - size));
}
