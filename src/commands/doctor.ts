// `loopscope doctor`: runs a program under load, and says what ails it.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parseDuration, parseFormat } from '../config.ts';
import { diagnose } from '../doctor/diagnose.ts';
import { UsageError } from '../errors.ts';
import { drawDiagnosis } from '../reporters/diagnosis.ts';
import { recordRun, type RecordOptions } from './record-run.ts';
import { checkWritable, drawingOf, writeOutput } from './output.ts';
import { findProgram } from './program.ts';
import { splitProgram } from './split-program.ts';

const options = {
  'on-port': { type: 'string' },
  port: { type: 'string' },
  duration: { type: 'string' },
  deep: { type: 'boolean' },
  record: { type: 'string' },
  format: { type: 'string' },
  output: { type: 'string' },
  disable: { type: 'string' },
} as const;

/** Runs the program to its end, or to that of the load, and writes the diagnosis. Its exit code is 0, whatever the diagnosis. */
export async function doctor(words: readonly string[]): Promise<void> {
  const { own, program } = splitProgram(words, options);
  const { values } = parse(own);
  const { duration, record, output = null } = values;
  const format = parseFormat(values.format ?? 'text', '--format');
  if (record !== undefined) checkWritable(record, '--record');
  if (output !== null) checkWritable(output);
  const [script, ...args] = program;
  if (script === undefined) {
    throw new UsageError('doctor needs a program: loopscope doctor [options] -- <script> [args]');
  }
  const settings: RecordOptions = {
    onPort: values['on-port'] ?? null,
    port: parsePort(values.port, values['on-port']),
    durationMs: duration === undefined ? null : parseDuration(duration, '--duration'),
    isDeep: values.deep === true,
    disable: values.disable ?? null,
    command: program.join(' '),
    preload: fileURLToPath(new URL('../preload.cjs', import.meta.url)),
  };
  const recording = await recordRun(findProgram(script, args), settings);
  if (record !== undefined) writeRecording(record, JSON.stringify(recording));
  const diagnosis = diagnose(recording);
  const text = format === 'json' ? `${JSON.stringify(diagnosis)}\n` : drawDiagnosis(diagnosis, drawingOf(output));
  await writeOutput(text, output);
}

function parsePort(text: string | undefined, onPort: string | undefined): number | null {
  if (text === undefined) return null;
  if (onPort === undefined) throw new UsageError('--port needs --on-port: it says where that puts its load');
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new UsageError(`--port must be a number from 1 to 65535, not ${JSON.stringify(text)}`);
}

function writeRecording(file: string, text: string): void {
  try {
    writeFileSync(file, `${text}\n`);
  } catch (error) {
    throw new UsageError(`--record: cannot write to ${file}: ${(error as Error).message}`);
  }
}

function parse(words: string[]): {
  values: { [Name in keyof typeof options]?: (typeof options)[Name]['type'] extends 'string' ? string : boolean };
} {
  try {
    return parseArgs({ args: words, options, strict: true, allowPositionals: false });
  } catch (error) {
    const message = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new UsageError(`${message}; loopscope doctor --help lists the options`);
  }
}
