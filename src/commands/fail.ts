// How a command says that it could not read what it was asked for: one line on stderr, and an exit code.
import { UsageError } from '../errors.ts';
import { ReadError, type ReadProblem } from '../heap/read-error.ts';
import { complain } from '../runtime/complain.ts';

// `loopscope --help` and the README have the same numbers.
const exitCodes: Readonly<Record<ReadProblem, number>> = {
  gone: 4,
  'not-node': 4,
  permission: 5,
  unsupported: 6,
  busy: 6,
  changed: 6,
  file: 6,
};

/** Says it. Of several failures, the first decides the exit code. Mistakes of the caller's are thrown on. */
export function fail(error: unknown): void {
  if (error instanceof UsageError) throw error;
  const isKnown = error instanceof ReadError;
  complain(isKnown ? error.message : 'it could not be read', isKnown ? undefined : error);
  process.exitCode ??= exitCodes[isKnown ? error.problem : 'unsupported'];
}
