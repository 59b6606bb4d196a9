// `loopscope report FILE…`: reports that were stored as JSON, drawn again in any form.
import { parseArgs } from 'node:util';
import { UsageError } from '../errors.ts';
import { addWarnings } from '../process/add-warnings.ts';
import type { Recording } from '../report/recording.ts';
import { LastReports } from '../report/last.ts';
import { examine } from '../reporters/findings.ts';
import { complain } from '../runtime/complain.ts';
import { parseConclusion } from './conclusion-options.ts';
import { conclude } from './conclude.ts';
import { drawingOf, writeOutput } from './output.ts';
import { reading, readStored, reportsOf } from './read-reports.ts';
import { unwrittenExitCode, writeFiles, type Output } from './outputs.ts';
import { rendererNames, type RendererName } from './report-renderers.ts';
import { readRuleOptions, ruleOptions } from './rule-options.ts';

const options = {
  report: { type: 'string', multiple: true },
  'fail-on': { type: 'string' },
  rules: { type: 'boolean' },
  ...ruleOptions,
} as const;

export async function report(words: readonly string[]): Promise<void> {
  const { values, files } = parse(words);
  const { rule, ignore } = values;
  const conclusion = parseConclusion(values.report ?? ['text'], values['fail-on'], rendererNames);
  if (conclusion.outputs.filter(({ file }) => file === null).length > 1) {
    throw new UsageError('--report: only one form can go to stdout, name files for the others');
  }
  const settings = readRuleOptions(values);
  const last = new LastReports();
  const stored = files.map((file) => ({ file, ...readStored(file) }));
  const recordings = stored.flatMap((one) => one.recordings);
  const code = await reading(files, async () => {
    for (const { file, reports: own, recordings: recorded } of stored) {
      for (const each of [...own, ...recorded.flatMap((recording) => reportsOf(recording, file))]) last.add(each);
    }
    const { outputs, failOn } = conclusion;
    const isText = ({ name, file }: (typeof outputs)[number]): boolean => name === 'text' && file === null;
    const drawn = recordings.length > 0 && outputs.some(isText);
    if (drawn) await writeOutput(await drawRecordings(recordings), null);
    // What was found then is what was said then, unless the rules are set anew.
    const isSet = rule !== undefined || ignore !== undefined || values.rules === true;
    const reports = last
      .all()
      .map((each) => (each.warnings === undefined || isSet ? addWarnings(each, settings, values.rules) : each));
    const log = { write: (text: string) => writeOutput(text, null), note: complain };
    const isPage = ({ name }: (typeof outputs)[number]): boolean => name === 'html' && recordings.length > 0;
    const pages = outputs.filter(isPage);
    const isWritten = await writePages(pages, recordings);
    const left = outputs.filter((output) => !isPage(output) && !(drawn && isText(output)));
    const concluded = await conclude({ outputs: left, failOn }, reports.map(examine), log, {
      drawing: drawingOf(null),
    });
    return concluded === 0 && !isWritten ? unwrittenExitCode : concluded;
  });
  if (code !== 0) process.exitCode = code;
}

/** As `loopscope doctor` draws them: of a recording, the diagnosis is what people want to read. */
async function drawRecordings(recordings: readonly Recording[]): Promise<string> {
  const { diagnose } = await import('../doctor/diagnose.ts');
  const { drawDiagnosis } = await import('../reporters/diagnosis.ts');
  return recordings.map((recording) => drawDiagnosis(diagnose(recording), drawingOf(null))).join('\n');
}

/** As pages: false if one could not be written. */
async function writePages(
  outputs: readonly Output<RendererName>[],
  recordings: readonly Recording[],
): Promise<boolean> {
  if (outputs.length === 0) return true;
  const { diagnose } = await import('../doctor/diagnose.ts');
  const { renderRecordings } = await import('../reporters/html.ts');
  const page = renderRecordings(recordings.map((recording) => ({ recording, diagnosis: diagnose(recording) })));
  for (const { file } of outputs) if (file === null) await writeOutput(page, null);
  return writeFiles(outputs, () => page);
}

function parse(words: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({ args: [...words], options, strict: true, allowPositionals: true });
    if (positionals.length === 0) throw new UsageError('report needs a file: loopscope report FILE...');
    return { values, files: positionals };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const message = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new UsageError(`${message}; loopscope report --help lists the options`);
  }
}
