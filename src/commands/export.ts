// `loopscope export`: sends the spans of trace files to a collector, each line once.
import { setImmediate } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { parseUrl, readExportSettings, type ExportSettings } from '../config.ts';
import { UsageError } from '../errors.ts';
import { complain } from '../runtime/complain.ts';
import { claim } from '../subscribers/export/file-claim.ts';
import { tracesUrl } from '../subscribers/export/otlp.ts';
import { Batch } from './export-batch.ts';
import { readLines } from './export-lines.ts';
import { openParts, type Part } from './export-parts.ts';
import { sendRequest, type SendOptions } from './export-send.ts';
import { Sent, type Position } from './export-sent.ts';
import { writeOutput } from './output.ts';

const exitCodes = { missing: 4, permission: 5, skipped: 6, unreachable: 7 } as const;
const notPermitted = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOSPC']);
/** The most lines of a file that are named. */
const mostNamed = 20;
// A collector that refuses these before it took any refuses everything.
const refusedInRow = 5;

/** The collector takes nothing now: what is not sent stays for the next call. */
class UnreachableError extends Error {}

/** Somebody wants it to end: the request on its way is waited for, so that it is not sent again. */
class InterruptedError extends Error {}

let interruptedBy: NodeJS.Signals | null = null;

/** What became of the lines of one file, in all its parts. */
interface Totals {
  spans: number;
  lines: number;
  skipped: number;
  refused: number;
  rejected: number;
}

/** Sends what was not sent before. Sets the exit code. */
export async function exportFiles(words: readonly string[]): Promise<void> {
  const { values, positionals } = parse([...words]);
  if (positionals.length === 0) throw new UsageError('export needs a file: loopscope export FILE... --otlp URL');
  const settings = readExportSettings();
  const url = values.otlp === undefined ? settings.url : tracesUrl(parseUrl(values.otlp, '--otlp'));
  if (url === null) throw new UsageError('export needs a collector: --otlp URL, or OTEL_EXPORTER_OTLP_ENDPOINT');
  // The second one ends it at once.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      interruptedBy = signal;
      complain('interrupted: waits for the answer to what is on its way; the rest stays for the next call');
    });
  }
  try {
    for (const file of positionals) await exportFile(file, { ...settings, url });
  } catch (error) {
    if (!(error instanceof InterruptedError) || interruptedBy === null) throw error;
    process.removeAllListeners(interruptedBy);
    process.kill(process.pid, interruptedBy);
  }
}

async function exportFile(file: string, settings: ExportSettings & { readonly url: string }): Promise<void> {
  let parts: Part[] = [];
  try {
    parts = openParts(file);
    if (parts.length === 0) return fail(`there is no file ${file}`, exitCodes.missing);
    await exportParts(file, parts, settings);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || !notPermitted.has(code)) throw error;
    const why =
      code === 'EROFS' ? 'its folder is read-only' : code === 'ENOSPC' ? 'the disk is full' : 'permission denied';
    fail(`${file} cannot be read, or ${file}.sent not be written: ${why}`, exitCodes.permission);
  } finally {
    for (const part of parts) part.close();
  }
}

async function exportParts(file: string, parts: readonly Part[], options: SendOptions): Promise<void> {
  const [{ base } = { base: file }] = parts;
  const sent = new Sent(`${base}.sent`, parts);
  const claimed = claim(sent.path);
  if (claimed === null) return fail(`${base} is being sent by another process`, exitCodes.unreachable);
  let isUnreachable = false;
  const totals: Totals = { spans: 0, lines: 0, skipped: 0, refused: 0, rejected: 0 };
  try {
    for (const part of parts) await exportPart(part, sent, totals, options);
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error;
    isUnreachable = true;
    fail(`${options.url}: ${error.message}; what is not sent stays for the next call`, exitCodes.unreachable);
  } finally {
    claimed.release();
  }
  if (totals.skipped + totals.rejected > 0) process.exitCode ??= exitCodes.skipped;
  if (isUnreachable && totals.lines === 0) return;
  await writeOutput(`${summaryOf(file, totals, options.url)}\n`, null);
}

async function exportPart(part: Part, sent: Sent, totals: Totals, options: SendOptions): Promise<void> {
  // Where nothing was taken, nothing is noted: it may be the collector that is at fault.
  const note = (end: Position | null): void => {
    if (end !== null && totals.lines > 0) sent.note(part, end);
  };
  const batch = new Batch();
  let end: Position | null = null;
  for (const line of readLines(part, sent.of(part))) {
    const problem = batch.add(line);
    if (problem !== null) skip(part, line.number, problem, totals);
    end = { bytes: line.end, lines: line.number };
    if (!batch.isFull) continue;
    await sendBatch(part, batch, totals, options, note);
    batch.clear();
    note(end);
    await setImmediate(); // signals come after what the collector has said
    if (interruptedBy !== null) throw new InterruptedError();
  }
  await sendBatch(part, batch, totals, options, note);
  note(end);
}

/** Sends the lines together; where that is refused, each alone, to find those that are. */
async function sendBatch(
  part: Part,
  batch: Batch,
  totals: Totals,
  options: SendOptions,
  note: (end: Position) => void,
): Promise<void> {
  if (batch.lines.length === 0) return;
  const answer = await sendRequest(batch.body(), options);
  if (answer.type === 'unreachable') throw new UnreachableError(answer.reason);
  if (answer.type === 'taken') {
    totals.spans += batch.spans - answer.rejected;
    totals.lines += batch.lines.length;
    totals.rejected += answer.rejected;
    if (answer.rejected > 0) complain(`${part.path}: ${answer.rejected} spans were rejected: ${answer.reason}`);
    return;
  }
  const [only, ...more] = batch.lines;
  if (only !== undefined && more.length === 0) {
    skip(part, only.number, `refused: ${answer.reason}`, totals);
    if (totals.lines === 0 && ++totals.refused >= refusedInRow) throw new UnreachableError('it refuses everything');
    return;
  }
  for (const single of batch.split()) {
    await sendBatch(part, single, totals, options, note);
    const [{ number, end } = { number: 0, end: 0 }] = single.lines;
    note({ bytes: end, lines: number });
  }
}

function skip(part: Part, line: number, problem: string, totals: Totals): void {
  if (++totals.skipped <= mostNamed) complain(`${part.path}, line ${line}: ${problem}; skipped`);
  else if (totals.skipped === mostNamed + 1) complain(`${part.path}: further lines that are skipped are only counted`);
}

function summaryOf(file: string, { spans, lines, skipped, rejected }: Totals, url: string): string {
  if (lines + skipped === 0) return `${file}: nothing that was not sent before`;
  const rest = [
    skipped > 0 ? `${amount(skipped, 'line')} skipped` : '',
    rejected > 0 ? `${amount(rejected, 'span')} rejected` : '',
  ];
  return [`${file}: ${amount(spans, 'span')} sent to ${url}`, ...rest.filter((text) => text !== '')].join(', ');
}

function amount(count: number, what: string): string {
  return `${count.toLocaleString('en-US')} ${what}${count === 1 ? '' : 's'}`;
}

function fail(message: string, exitCode: number): void {
  complain(message);
  process.exitCode ??= exitCode;
}

function parse(args: string[]): { readonly values: { otlp?: string }; readonly positionals: readonly string[] } {
  try {
    return parseArgs({ args, options: { otlp: { type: 'string' } }, strict: true, allowPositionals: true });
  } catch (error) {
    const message = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new UsageError(`${message}; loopscope export --help lists the options`);
  }
}
