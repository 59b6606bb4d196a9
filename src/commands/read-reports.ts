// Reads files of reports and recordings: a JSON document, or one on each line, of this version or an earlier one.
import { closeSync, openSync, readSync } from 'node:fs';
import { UsageError } from '../errors.ts';
import { emptyParts } from '../report/empty.ts';
import { reportFormat, reportVersion, type Report } from '../report/format.ts';
import { isRecording, recordingFormat, recordingVersion, type Recording } from '../report/recording.ts';

/** As for the files of `loopscope export`. */
const noFile = 4;
const notPermitted = 5;
const notReadable = 6;
// A string of Node's cannot be longer.
const mostBytes = 500e6;

/** The values in a file; `-` is stdin. Throws UsageError, with one sentence and an exit code. */
function readValues(file: string): unknown[] {
  const text = readText(file);
  const whole = parse(text);
  if (whole !== undefined) return Array.isArray(whole) ? whole : [whole];
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line, index) => {
    const value = parse(line);
    if (value !== undefined) return value;
    const where = lines.length === 1 ? '' : `, line ${index + 1}`;
    const isCut = index === lines.length - 1 && /^\s*[{[]/.test(line) && !/[}\]]\s*$/.test(line);
    const cut = isCut ? ': it was cut off' : '';
    throw new UsageError(`${file}${where} is not JSON${cut}`, notReadable);
  });
}

/** What a file holds: reports, and recordings of `loopscope doctor`. Both empty where nothing was pending. */
export interface Stored {
  readonly reports: readonly Report[];
  readonly recordings: readonly Recording[];
}

/** Throws UsageError for what is neither. */
export function readStored(file: string): Stored {
  const values = readValues(file);
  const others = values.filter((value) => !isRecording(value));
  for (const value of others) refuseOther(value, file);
  return { recordings: values.filter(isRecording), reports: others.map((value) => reportOf(value, file)) };
}

/** A recording of a version that this one does not know. */
function refuseOther(value: unknown, file: string): void {
  const { format, version } = (value ?? {}) as { readonly format?: unknown; readonly version?: unknown };
  if (format !== recordingFormat) return;
  const what = `it is a recording of version ${JSON.stringify(version)?.slice(0, 20)}`;
  throw new UsageError(`${file} cannot be read: ${what}, and this loopscope reads ${recordingVersion}`, notReadable);
}

/** What was pending in each thread at the end of a recording. */
export function reportsOf({ threads }: Recording, file: string): Report[] {
  if (!Array.isArray(threads)) throw new UsageError(`${file} is damaged: the recording has no threads`, notReadable);
  if (!threads.every((thread) => isObject(thread) && isObject(thread.report))) {
    throw new UsageError(`${file} is damaged: a thread of the recording has no report`, notReadable);
  }
  return threads.map(({ report }) => reportOf(report, file));
}

/** A report with the fields that earlier versions do not have. Throws UsageError if it is none. */
function reportOf(value: unknown, file: string): Report {
  const { format, version, process: of, tasks, resources } = (value ?? {}) as Partial<Report>;
  if (format !== reportFormat) {
    const what = typeof format === 'string' ? `it is ${JSON.stringify(format).slice(0, 60)}` : 'it has no "format"';
    throw new UsageError(
      `${file} is no report of loopscope: ${what}, where "${reportFormat}" is expected`,
      notReadable,
    );
  }
  if (typeof version !== 'number' || version > reportVersion) {
    const later = `it is of version ${String(version)}, and this loopscope reads up to ${reportVersion}`;
    throw new UsageError(`${file} cannot be read: ${later}`, notReadable);
  }
  const isWhole = isObject(of) && isListOfObjects(tasks ?? []) && isListOfObjects(resources ?? []);
  if (!isWhole)
    throw new UsageError(`${file} is damaged: a part of the report is missing or is something else`, notReadable);
  return { ...emptyParts, ...(value as Report) };
}

function readText(file: string): string {
  try {
    const descriptor = file === '-' ? 0 : openSync(file, 'r');
    try {
      return readWhole(descriptor, file);
    } finally {
      if (descriptor !== 0) closeSync(descriptor);
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new UsageError(`there is no file ${file}`, noFile);
    if (code === 'EACCES') throw new UsageError(`${file} may not be read`, notPermitted);
    if (code === 'EISDIR') throw new UsageError(`${file} is a folder`, noFile);
    throw new UsageError(`${file} cannot be read: ${message}`, notReadable);
  }
}

/** Piece by piece: what has no end, such as a device, must not be read to it. */
function readWhole(descriptor: number, file: string): string {
  const pieces: Buffer[] = [];
  for (let bytes = 0; ;) {
    const piece = Buffer.allocUnsafe(1 << 20);
    const length = readSync(descriptor, piece);
    if (length === 0) return Buffer.concat(pieces).toString('utf8');
    pieces.push(piece.subarray(0, length));
    bytes += length;
    if (bytes > mostBytes) throw new UsageError(`${file} is too large: more than 500 MB`, notReadable);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function isListOfObjects(value: unknown): boolean {
  return Array.isArray(value) && value.every(isObject);
}

/** Does what reads a report; what it throws means that the report is none. */
export async function reading<Value>(files: readonly string[], work: () => Value | Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${files.join(', ')}: damaged, and cannot be drawn: ${reason}`, notReadable);
  }
}
