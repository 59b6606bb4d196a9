// Writing to a descriptor to the end, even if it is a pipe whose reader is slow.
import { writeSync } from 'node:fs';

const patienceMs = 2000;
const pauseMs = 5;

/** Writes all of a text, waiting up to 2 s for a slow reader to go on. Throws if it cannot be written. */
export function writeFully(descriptor: number, text: string): void {
  const bytes = Buffer.from(text);
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  let waited = 0;
  for (let written = 0; written < bytes.length;) {
    try {
      written += writeSync(descriptor, bytes, written);
      waited = 0;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || waited >= patienceMs) throw error;
      Atomics.wait(sleeper, 0, 0, pauseMs);
      waited += pauseMs;
    }
  }
}
