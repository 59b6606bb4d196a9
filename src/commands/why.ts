// `loopscope why`: runs a program, and says in one list why it does not end.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parseDuration, parseFormat } from '../config.ts';
import { UsageError } from '../errors.ts';
import { checkWritable } from './output.ts';
import { findProgram } from './program.ts';
import { readRuleOptions } from './rule-options.ts';
import { splitProgram } from './split-program.ts';
import { supervise } from './supervise.ts';

const options = {
  after: { type: 'string' },
  timeout: { type: 'string' },
  format: { type: 'string' },
  output: { type: 'string' },
  disable: { type: 'string' },
} as const;

/** Runs a program with the place of every handle noted. Ends as the program ends. */
export async function why(words: readonly string[]): Promise<void> {
  const { own, program } = splitProgram(words, options);
  const { after, timeout, format = 'text', output, disable } = parse(own);
  const [script, ...args] = program;
  if (script === undefined) throw new UsageError('why needs a program: loopscope why [options] -- <script> [args]');
  if (output !== undefined) checkWritable(output);
  await supervise(findProgram(script, args), {
    why: after === undefined ? 'idle' : parseDuration(after, '--after'),
    handles: true,
    timeoutMs: timeout === undefined ? null : parseDuration(timeout, '--timeout'),
    format: parseFormat(format, '--format'),
    output: output ?? null,
    disable: disable ?? null,
    conclusion: null,
    rules: readRuleOptions({}),
    otlp: null,
    prometheus: null,
    traceFile: null,
    profile: null,
    quiet: false,
    debug: false,
    blockThresholdMs: null,
    stuckAfterMs: null,
    stuckExit: false,
    watchdog: timeout !== undefined, // which answers for a loop that is blocked
    loop: timeout !== undefined,
    preload: fileURLToPath(new URL('../preload.cjs', import.meta.url)),
  });
}

function parse(words: string[]): { readonly [Name in keyof typeof options]?: string } {
  try {
    return parseArgs({ args: words, options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const message = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new UsageError(`${message}; loopscope why --help lists the options`);
  }
}
