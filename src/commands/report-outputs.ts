// `--report`: in which forms findings are written, and where to.
import { appendFileSync, statSync } from 'node:fs';
import { readBuild } from '../config.ts';
import { UsageError } from '../errors.ts';
import type { CiOptions } from '../reporters/ci-place.ts';
import type { Examined } from '../reporters/findings.ts';
import { renderGithub } from '../reporters/github.ts';
import { renderGitlab } from '../reporters/gitlab.ts';
import { renderHtml } from '../reporters/html.ts';
import { renderJson } from '../reporters/json.ts';
import { renderJunit } from '../reporters/junit.ts';
import { renderMarkdown } from '../reporters/markdown.ts';
import { renderText, type TextOptions } from '../reporters/text.ts';
import { complain } from '../runtime/complain.ts';
import { unknownName } from './fail-on.ts';
import { prepareFile, writeWhole } from './write-file.ts';

const option = '--report';
/** Nothing of what was to be written could be. */
export const unwrittenExitCode = 9;

type Renderer = (examined: readonly Examined[], options: CiOptions, drawing?: TextOptions) => string;

const fileWidth = 100;

const renderers = {
  text: (examined, _, drawing = { width: fileWidth }) =>
    examined.map(({ report }) => renderText(report, drawing)).join(''),
  json: (examined) => examined.map(({ report }) => renderJson(report)).join(''),
  junit: renderJunit,
  gitlab: renderGitlab,
  github: renderGithub,
  markdown: (examined, options) => renderMarkdown(examined, options),
  html: renderHtml,
} satisfies Readonly<Record<string, Renderer>>;

type ReporterName = keyof typeof renderers;

/** One form, and the file that it is written to; null for the log. */
export interface Output {
  readonly name: ReporterName;
  readonly file: string | null;
}

/**
 * Of `github,junit=FILE,html=FILE`, as often as given. Throws UsageError where a name is unknown or a file cannot be.
 * @param withoutFile the forms that need no file
 */
export function parseOutputs(
  texts: readonly string[],
  withoutFile: readonly ReporterName[] = Object.keys(renderers) as ReporterName[],
): Output[] {
  const words = texts.flatMap((text) => text.split(',')).flatMap((word) => word.trim() || []);
  const outputs = words.map((word) => {
    const [, name = '', file = null] = /^([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    if (!Object.hasOwn(renderers, name)) throw new UsageError(unknownName(option, name, Object.keys(renderers)));
    const known = name as ReporterName;
    if (file === '' || (file === null && !withoutFile.includes(known))) {
      throw new UsageError(`${option}: ${name} needs a file: ${name}=FILE`);
    }
    return { name: known, file };
  });
  const files = outputs.flatMap(({ file }) => file ?? []);
  const twice = files.find((file, index) => files.indexOf(file) !== index);
  if (twice !== undefined) throw new UsageError(`${option}: ${twice} is given twice`);
  for (const file of files) prepareFile(file, option);
  return outputs;
}

/** What is drawn in the log, where no file was given. */
export function drawOutput(
  name: ReporterName,
  examined: readonly Examined[],
  options: CiOptions,
  drawing: TextOptions,
): string {
  return renderers[name](examined, options, drawing);
}

/**
 * Writes all files, and of `github` the summary of the step. What fails is said in one line each.
 * @returns false if there was something to write and nothing could be
 */
export function writeOutputs(outputs: readonly Output[], examined: readonly Examined[], options: CiOptions): boolean {
  const writes = outputs.flatMap(({ name, file }) => {
    if (file !== null) return [() => writeWhole(file, renderers[name](examined, options))];
    const { summaryFile } = readBuild();
    return name === 'github' && summaryFile !== null ? [() => appendSummary(summaryFile, examined, options)] : [];
  });
  const done = writes.filter((write) => {
    try {
      write();
      return true;
    } catch (error) {
      complain('a file of --report was not written', error);
      return false;
    }
  });
  return writes.length === 0 || done.length > 0;
}

// GitHub shows no more, and then says nothing of what this step wrote.
const mostSummaryBytes = 1024 * 1024;

function appendSummary(file: string, examined: readonly Examined[], options: CiOptions): void {
  const { size = 0 } = statSync(file, { throwIfNoEntry: false }) ?? {};
  appendFileSync(file, renderMarkdown(examined, options, mostSummaryBytes - size));
}
