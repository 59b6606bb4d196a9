// Spans in a file, without any server: one OTLP request in JSON per line, as the Collector's file exporter writes them.
// Written at once, so that what ends just before `process.exit()` is in it too.
import { closeSync, fstatSync, ftruncateSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { complain } from '../../runtime/complain.ts';
import type { EndedSpan, ExportResult, SpanExporter } from './export-queue.ts';
import { claim, type Claim } from './file-claim.ts';

const newline = 10;

export interface TraceFileOptions {
  readonly path: string;
  /** Named where another process writes to `path` already. */
  readonly pathOfOthers: string;
  /** A file that would become larger is renamed: `FILE` to `FILE.1`, `FILE.1` to `FILE.2` and so on. */
  readonly maxBytes: number;
  /** The most files, the one that is written to included; the oldest is deleted. */
  readonly maxFiles: number;
  /** One request of OTLP in JSON. */
  readonly serialize: (spans: readonly EndedSpan[]) => Uint8Array | undefined;
}

/** An exporter that appends to a file, made when the first span ends. */
export class TraceFile implements SpanExporter {
  readonly #options: TraceFileOptions;
  #path: string | null = null;
  #claim: Claim | null = null;
  #descriptor: number | null = null;
  #bytes = 0;
  /** Spans in each of the files, the newest first, as far as this process wrote them. */
  #spans: number[] = [0];
  #deleted = 0;

  constructor(options: TraceFileOptions) {
    this.#options = options;
  }

  /** Where spans are written: known once the first was. */
  get path(): string {
    return this.#path ?? this.#options.path;
  }

  /** How many spans were in files that were deleted to make room. */
  get deleted(): number {
    return this.#deleted;
  }

  export(spans: readonly EndedSpan[], done: (result: ExportResult) => void): void {
    try {
      const request = this.#options.serialize(spans);
      if (request === undefined) throw new Error('the spans could not be put into JSON');
      this.#append(Buffer.concat([request, Buffer.of(newline)]));
      this.#spans[0] = (this.#spans[0] ?? 0) + spans.length;
      done({ code: 0 });
    } catch (error) {
      this.#close();
      done({ code: 1, error: error as Error });
    }
  }

  async shutdown(): Promise<void> {
    this.release();
  }

  /** Leaves the file to others, until more is to be written. */
  release(): void {
    this.#close();
    this.#claim?.release();
    this.#claim = null;
    this.#path = null;
  }

  #append(line: Buffer): void {
    let descriptor = this.#descriptor ?? this.#open();
    if (this.#bytes > 0 && this.#bytes + line.length > this.#options.maxBytes) {
      this.#rotate();
      descriptor = this.#open();
    }
    try {
      for (let written = 0; written < line.length;) written += writeSync(descriptor, line, written);
      this.#bytes += line.length;
    } catch (error) {
      ftruncateSync(descriptor, this.#bytes); // a full disk: half a line is none
      throw error;
    }
  }

  /** Opens the file at its end. A line that a killed process has left unfinished is ended first. */
  #open(): number {
    const descriptor = openSync(this.#choosePath(), 'a+', 0o600);
    this.#descriptor = descriptor;
    this.#bytes = fstatSync(descriptor).size;
    const last = Buffer.alloc(1);
    if (this.#bytes > 0 && readSync(descriptor, last, 0, 1, this.#bytes - 1) === 1 && last[0] !== newline) {
      this.#bytes += writeSync(descriptor, '\n');
    }
    return descriptor;
  }

  #choosePath(): string {
    if (this.#path !== null) return this.#path;
    const { path, pathOfOthers } = this.#options;
    this.#claim = claim(path);
    this.#path = this.#claim === null ? pathOfOthers : path;
    return this.#path;
  }

  #rotate(): void {
    this.#close();
    const path = this.#choosePath();
    const { maxFiles } = this.#options;
    const nameOf = (index: number): string => (index === 0 ? path : `${path}.${index}`);
    rmSync(nameOf(maxFiles - 1), { force: true });
    for (let index = maxFiles - 2; index >= 0; index--) {
      try {
        renameSync(nameOf(index), nameOf(index + 1));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
    const [oldest = 0] = this.#spans.splice(maxFiles - 1);
    if (oldest > 0 && this.#deleted === 0) complain(`${path} has reached its limits: its oldest spans are deleted`);
    this.#deleted += oldest;
    this.#spans.unshift(0);
  }

  #close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }
}
