// Looks for the separators of a stream as its bytes arrive, and at no byte twice.
import type { ResourceRecord } from '../../channels/resource.ts';
import { ArgumentError, LimitOverrunError } from '../../errors.ts';
import type { ByteBuffer } from './byte-buffer.ts';

/** What ends a record: text (as UTF-8) or bytes. */
export type Separator = string | Uint8Array;

/** One search through the buffer of a reader, which goes on when more has arrived. */
export class SeparatorSearch {
  readonly #separators: readonly Uint8Array[];
  #longest = 0;
  #shortest = Infinity;
  readonly #stream: ResourceRecord;
  #offset = 0;

  /**
   * @param stream what errors name
   * @throws ArgumentError if there is no separator, or one is empty
   */
  constructor(separators: Separator | readonly Separator[], stream: ResourceRecord) {
    this.#stream = stream;
    this.#separators = Array.isArray(separators)
      ? (separators as readonly Separator[]).map(bytesOf)
      : [bytesOf(separators)];
    if (this.#separators.length === 0) throw new ArgumentError('separator must be at least one, got an empty array');
    for (const { length } of this.#separators) {
      this.#shortest = Math.min(this.#shortest, length);
      this.#longest = Math.max(this.#longest, length);
    }
  }

  /**
   * How long the record is that ends with the separator which ends first, with it; null while there is none.
   * @throws LimitOverrunError if the record without its separator is longer than `limit`, or will be
   */
  find(buffer: ByteBuffer, limit: number): number | null {
    if (buffer.size - this.#offset < this.#shortest) return null;
    let end = Infinity;
    let start = 0;
    for (const separator of this.#separators) {
      const index = buffer.indexOf(separator, this.#offset);
      if (index === -1 || index + separator.length >= end) continue;
      end = index + separator.length;
      start = index;
    }
    if (end !== Infinity) {
      if (start <= limit) return end;
      throw this.#overrun(`a separator came after ${start} bytes`, start, limit);
    }
    // a separator may have begun in the last bytes
    this.#offset = Math.max(0, buffer.size + 1 - this.#longest);
    if (this.#offset <= limit) return null;
    throw this.#overrun(`no separator in ${this.#offset} bytes`, this.#offset, limit);
  }

  #overrun(what: string, consumed: number, limit: number): LimitOverrunError {
    const { kind, name } = this.#stream;
    return new LimitOverrunError(`${kind} ${name}: ${what}, more than the limit of ${limit}`, consumed);
  }
}

function bytesOf(separator: unknown): Uint8Array {
  const bytes = typeof separator === 'string' ? Buffer.from(separator) : separator;
  if (bytes instanceof Uint8Array && bytes.length > 0) return bytes;
  throw new ArgumentError('separator must be a string or Uint8Array of at least one byte');
}
