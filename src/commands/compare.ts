// `loopscope compare BEFORE AFTER`: what is new, gone, worse or better, for a budget in continuous integration.
import { parseArgs } from 'node:util';
import { UsageError } from '../errors.ts';
import { addWarnings } from '../process/add-warnings.ts';
import { diagnose } from '../doctor/diagnose.ts';
import type { Recorded } from '../report/compare-recordings.ts';
import { comparedKinds, compareRuns, type Change, type ComparedRun, type Comparison } from '../report/compare.ts';
import type { Recording } from '../report/recording.ts';
import type { RuleSettings } from '../rules/index.ts';
import { LastReports } from '../report/last.ts';
import { comparisonSummary, renderComparison, renderComparisonMarkdown } from '../reporters/comparison.ts';
import type { TextOptions } from '../reporters/text.ts';
import { complain } from '../runtime/complain.ts';
import { foundExitCode, unknownName } from './fail-on.ts';
import { drawingOf, writeOutput } from './output.ts';
import { parseOutputs, unwrittenExitCode, writeFiles } from './outputs.ts';
import { reading, readStored, reportsOf } from './read-reports.ts';
import { readRuleOptions, ruleOptions } from './rule-options.ts';

const options = {
  report: { type: 'string', multiple: true },
  'fail-on': { type: 'string' },
  tolerance: { type: 'string' },
  ...ruleOptions,
} as const;

const fileWidth = 100;

const renderers = {
  text: renderComparison,
  json: (comparison) => `${JSON.stringify(comparison)}\n`,
  markdown: renderComparisonMarkdown,
} satisfies Readonly<Record<string, (comparison: Comparison, drawing: TextOptions) => string>>;

const rendererNames = Object.keys(renderers) as (keyof typeof renderers)[];

export async function compare(words: readonly string[]): Promise<void> {
  const { values, files } = parse(words);
  const outputs = parseOutputs(values.report ?? ['text'], rendererNames);
  if (outputs.filter(({ file }) => file === null).length > 1) {
    throw new UsageError('--report: only one form can go to stdout, name files for the others');
  }
  const fails = parseFailOn(values['fail-on']);
  const share = parseTolerance(values.tolerance);
  const settings = readRuleOptions(values);
  // Both by the same rules: what was found then may have been found by others.
  const read = (file: string): ComparedRun => {
    const { reports, recordings } = readStored(file);
    const last = new LastReports();
    for (const each of reports) last.add(each);
    return {
      reports: last.all().map((each) => addWarnings(each, settings)),
      recordings: recordings.map((recording) => recordedOf(recording, file, settings)),
    };
  };
  const comparison = await reading(files, () => compareRuns(read(files[0]), read(files[1]), { share }));
  for (const { name, file } of outputs) {
    if (file === null) await writeOutput(renderers[name](comparison, drawingOf(null)), null);
  }
  const isWritten = writeFiles(outputs, (name) => renderers[name](comparison, { width: fileWidth }));
  const failing = comparison.changes.filter(fails);
  if (failing.length > 0) {
    const what = comparisonSummary({ ...comparison, changes: failing, same: 0 });
    complain(`--fail-on ${values['fail-on']}: ${what}, exit code ${foundExitCode}`);
    process.exitCode = foundExitCode;
  } else if (!isWritten) process.exitCode = unwrittenExitCode;
}

function recordedOf(recording: Recording, file: string, settings: RuleSettings): Recorded {
  const reports = reportsOf(recording, file).map((report) => addWarnings(report, settings));
  const threads = recording.threads.map((thread, index) => Object.assign({}, thread, { report: reports[index] }));
  return { recording: { ...recording, threads }, diagnosis: diagnose(recording) };
}

/** `new`, `worse`, or one of them of one kind only: `new-warnings`. */
function parseFailOn(text: string | undefined): (change: Change) => boolean {
  if (text === undefined) return () => false;
  const names = text.split(',').flatMap((name) => name.trim() || []);
  const known = ['new', 'worse', 'none', ...comparedKinds.flatMap((kind) => [`new-${kind}`, `worse-${kind}`])];
  for (const name of names) if (!known.includes(name)) throw new UsageError(unknownName('--fail-on', name, known));
  if (names.length === 0) throw new UsageError(`--fail-on needs names: ${known.join(', ')}`);
  return ({ kind, change }) => names.includes(change) || names.includes(`${change}-${kind}`);
}

/** A share of `25` or `25%`. */
function parseTolerance(text = '25%'): number {
  const [, number] = /^(\d+(?:\.\d+)?)%?$/.exec(text) ?? [];
  if (number !== undefined && Number(number) <= 1e6) return Number(number) / 100;
  throw new UsageError(`--tolerance must be a percentage such as 25%, not ${JSON.stringify(text)}`);
}

function parse(words: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({ args: [...words], options, strict: true, allowPositionals: true });
    const [before, after, ...others] = positionals;
    if (before === undefined || after === undefined || others.length > 0) {
      throw new UsageError('compare needs two files: loopscope compare BEFORE AFTER');
    }
    return { values, files: [before, after] as const };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const message = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new UsageError(`${message}; loopscope compare --help lists the options`);
  }
}
