// The complete lines of a file that may still be written to.
import { readSync } from 'node:fs';
import type { Part } from './export-parts.ts';
import type { Position } from './export-sent.ts';

const chunkBytes = 1 << 20;
const longestLine = 64 << 20;
const newline = 10;

export interface Line {
  /** Null where it is too long to be one. */
  readonly text: string | null;
  /** From 1. */
  readonly number: number;
  /** The offset of the next line. */
  readonly end: number;
}

/** Reads from a position to the last line break: what is behind it is being written. */
export function* readLines({ descriptor }: Part, from: Position): Generator<Line> {
  let { bytes: position, lines: number } = from;
  let rest: Buffer[] = [];
  let restBytes = 0;
  let isTooLong = false;
  for (;;) {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    const length = readSync(descriptor, chunk, 0, chunkBytes, position);
    if (length === 0) return;
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1 && end < length; end = chunk.indexOf(newline, start)) {
      const text = isTooLong ? null : Buffer.concat([...rest, chunk.subarray(start, end)]).toString('utf8');
      rest = [];
      restBytes = 0;
      isTooLong = false;
      start = end + 1;
      yield { text, number: ++number, end: position + start };
    }
    restBytes += length - start;
    isTooLong ||= restBytes > longestLine;
    if (isTooLong) rest = [];
    else rest.push(chunk.subarray(start, length));
    position += length;
  }
}
