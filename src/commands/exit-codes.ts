// How a command ends that could not read what it was asked for. `loopscope --help` and the README have the same numbers.
import type { ReadProblem } from '../heap/read-error.ts';

export const exitCodes: Readonly<Record<ReadProblem, number>> = {
  gone: 4,
  'not-node': 4,
  permission: 5,
  unsupported: 6,
  busy: 6,
  changed: 6,
  file: 6,
};
