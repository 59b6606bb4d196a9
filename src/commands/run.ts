// `loopscope run`: reads the options, finds the program, and lets the supervisor run it.
import { accessSync, constants, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parseAddress, parseDuration, parseFormat, parseUrl, prometheusOfRun } from '../config.ts';
import { UsageError } from '../errors.ts';
import type { Conclusion } from './conclude.ts';
import { checkWritable } from './output.ts';
import { findProgram } from './program.ts';
import { readRuleOptions, ruleOptions } from './rule-options.ts';
import { splitProgram } from './split-program.ts';
import { supervise, type RunOptions } from './supervise.ts';

const options = {
  timeout: { type: 'string' },
  format: { type: 'string' },
  output: { type: 'string' },
  report: { type: 'string', multiple: true },
  'fail-on': { type: 'string' },
  otlp: { type: 'string' },
  prometheus: { type: 'string' },
  'trace-file': { type: 'string' },
  profile: { type: 'string' },
  quiet: { type: 'boolean' },
  disable: { type: 'string' },
  debug: { type: 'boolean' },
  handles: { type: 'boolean' },
  rules: { type: 'boolean' },
  'block-threshold': { type: 'string' },
  'stuck-after': { type: 'string' },
  'stuck-exit': { type: 'boolean' },
  'no-watchdog': { type: 'boolean' },
  'no-loop': { type: 'boolean' },
  ...ruleOptions,
} as const;

/** Runs a program under the hook. Ends as the program ends: with its exit code, or by its signal. */
export async function run(words: readonly string[]): Promise<void> {
  const { own, program } = splitProgram(words, options);
  const runOptions = await readOptions(own);
  const [script, ...args] = program;
  if (script === undefined) throw new UsageError('run needs a program: loopscope run [options] -- <script> [args]');
  await supervise(findProgram(script, args), runOptions);
}

async function readOptions(words: string[]): Promise<RunOptions> {
  const { values } = parse(words);
  const { timeout, format = 'text', output, otlp, prometheus, profile, quiet = false, debug = false } = values;
  const threshold = values['block-threshold'];
  const traceFile = values['trace-file'];
  const stuckAfter = values['stuck-after'];
  const stuckExit = values['stuck-exit'] === true;
  if (stuckExit && stuckAfter === undefined) throw new UsageError('--stuck-exit needs --stuck-after TIME');
  if (stuckAfter !== undefined && (values['no-watchdog'] === true || values['no-loop'] === true)) {
    throw new UsageError('--stuck-after needs the watchdog: leave out --no-watchdog and --no-loop');
  }
  if (output !== undefined) checkWritable(output);
  if (traceFile !== undefined) checkWritable(traceFile, '--trace-file');
  if (profile !== undefined) checkProfile(profile);
  const conclusion = await readConclusion(values.report, values['fail-on']);
  return {
    conclusion,
    timeoutMs: timeout === undefined ? null : parseDuration(timeout, '--timeout'),
    format: parseFormat(format, '--format'),
    output: output ?? null,
    otlp: otlp === undefined ? null : parseUrl(otlp, '--otlp'),
    prometheus: prometheus === undefined ? prometheusOfRun() : parseAddress(prometheus, '--prometheus'),
    traceFile: traceFile === undefined ? null : resolve(traceFile),
    profile: profile === undefined ? null : resolve(profile),
    quiet,
    rules: readRuleOptions(values),
    answers: values.rules === true,
    debug,
    handles: values.handles === true,
    blockThresholdMs: threshold === undefined ? null : parseDuration(threshold, '--block-threshold'),
    stuckAfterMs: stuckAfter === undefined ? null : parseDuration(stuckAfter, '--stuck-after'),
    stuckExit,
    disable: values.disable ?? null,
    watchdog: values['no-watchdog'] !== true,
    loop: values['no-loop'] !== true,
    preload: fileURLToPath(new URL('../preload.cjs', import.meta.url)),
  };
}

/** Loaded when it is asked for: `run` starts no slower for it. */
async function readConclusion(report: readonly string[] = [], failOn?: string): Promise<Conclusion | null> {
  if (report.length === 0 && failOn === undefined) return null;
  const { parseConclusion } = await import('./conclusion-options.ts');
  // On stderr text is there already, and the rest is for files.
  const { outputs, failOn: parsed } = parseConclusion(report, failOn, ['text', 'github']);
  return { outputs: outputs.filter(({ name, file }) => name !== 'text' || file !== null), failOn: parsed };
}

/** A file is written to its folder; a folder is made where there is none. */
function checkProfile(path: string): void {
  if (path.endsWith('.cpuprofile')) return checkWritable(path, '--profile');
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.W_OK);
  } catch {
    throw new UsageError(
      `--profile: ${path} is neither a folder that can be written to, nor does it end in .cpuprofile`,
    );
  }
}

type Values = ReturnType<typeof parseArgs<{ options: typeof options; strict: true }>>['values'];

function parse(words: string[]): { values: Values } {
  try {
    return parseArgs({ args: words, options, strict: true, allowPositionals: false });
  } catch (error) {
    const message = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new UsageError(`${message}; loopscope run --help lists the options`);
  }
}
