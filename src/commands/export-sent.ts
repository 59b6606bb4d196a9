// How much of a trace file was sent: in a file beside it, so that nothing is sent twice.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { UsageError } from '../errors.ts';
import type { Part } from './export-parts.ts';

const version = 1;

/** The end of what was sent. */
export interface Position {
  readonly bytes: number;
  readonly lines: number;
}

/** Remembers how far each part of a file was sent. Parts that are no more are forgotten. */
export class Sent {
  readonly path: string;
  readonly #positions = new Map<string, Position>();

  /** Throws UsageError if the file is there and not ours: without it, all would be sent again. */
  constructor(path: string, parts: readonly Part[]) {
    this.path = path;
    for (const [id, position] of read(path)) {
      // Named alone, a part is not all that there is.
      if (parts.some((part) => part.id === id) || parts.every((part) => part.path !== part.base)) {
        this.#positions.set(id, position);
      }
    }
  }

  of({ id }: Part): Position {
    return (id === null ? undefined : this.#positions.get(id)) ?? { bytes: 0, lines: 0 };
  }

  /** Written to a file of its own first: one that is half written would be worse than none. */
  note({ id }: Part, position: Position): void {
    if (id === null) return;
    this.#positions.set(id, position);
    const text = JSON.stringify({ version, files: Object.fromEntries(this.#positions) });
    writeFileSync(`${this.path}.part`, text, { mode: 0o600 });
    renameSync(`${this.path}.part`, this.path);
  }
}

function read(path: string): readonly [string, Position][] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  try {
    const { version: theirs, files } = JSON.parse(text) as { version: number; files: Record<string, Position> };
    const entries = Object.entries(files);
    if (theirs === version && entries.every(([, position]) => isPosition(position))) return entries;
  } catch {
    // no JSON
  }
  throw new UsageError(`${path} does not say what was sent; if all is to be sent again, delete it`);
}

function isPosition({ bytes, lines }: Position): boolean {
  return Number.isInteger(bytes) && Number.isInteger(lines) && bytes >= 0;
}
