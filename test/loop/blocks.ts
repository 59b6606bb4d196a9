// Runs the program that blocks its loop in many ways, and compares what it did with what was reported.
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { startNode, type RunSetting } from '../support/cli.ts';

interface Truth {
  readonly of: string;
  readonly kind: string;
  readonly native: string | null;
  readonly since: number;
  readonly durationMs: number;
  readonly line: number;
}

interface Reported {
  readonly kind: string;
  readonly native: string | null;
  readonly since: number;
  readonly durationMs: number;
  readonly ended: boolean;
  readonly task?: string;
  readonly line?: number;
}

const program = fileURLToPath(new URL('../programs/blocks/kinds.mjs', import.meta.url));

/** What of a block is the same at every run. */
interface Fact {
  /** Which block it was; undefined if the program made none at that time. */
  readonly of: string | undefined;
  readonly kind: string;
  readonly native: string | null;
  readonly task: string | undefined;
  readonly line: number | undefined;
  readonly ended: boolean;
}

/**
 * Has the program block its loop as `kind:milliseconds` says, one after the other.
 * @returns what was reported, and what should be: every block that took twice the threshold. Those between may be or not
 */
export async function compareBlocks(
  threshold: number,
  blocks: readonly string[],
  setting: RunSetting = {},
): Promise<{ reported: Fact[]; expected: Fact[] }> {
  const { stdout, stderr, code } = await startNode([program, String(threshold), ...blocks], setting).outcome;
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  const facts = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { truth?: Truth; reported?: Reported });
  const truths = facts.flatMap(({ truth }) => truth ?? []);
  expect(truths.map(({ of }) => of)).toEqual(blocks.map((block) => block.split(':')[0]));

  const isLong = ({ durationMs }: Truth): boolean => durationMs >= 2 * threshold;
  const truthOf = ({ since, durationMs }: Reported): Truth | undefined =>
    truths.find((truth) => since < truth.since + truth.durationMs && since + durationMs > truth.since);
  const reported = facts.flatMap(({ reported: report }) => {
    if (report === undefined) return [];
    const truth = truthOf(report);
    // What is of no block and has no culprit was the garbage of the last one.
    if (truth === undefined ? report.kind === 'unknown' : !isLong(truth)) return [];
    const { kind, native, task, line, ended } = report;
    return [{ of: truth?.of, kind, native, task, line, ended }];
  });
  const expected = truths
    .filter(isLong)
    .map(({ of, kind, native, line }) => ({ of, kind, native, task: of, line, ended: true }));
  return { reported, expected };
}
