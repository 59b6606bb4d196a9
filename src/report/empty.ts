// A report of a process in which nothing is pending and of which nothing was measured.
import type { Report } from './format.ts';

/** The parts that every report has, without anything in them. */
export const emptyParts = {
  tasks: [],
  resources: [],
  cycles: [],
  loop: null,
  awaits: null,
  profile: null,
  telemetry: null,
  dropped: { tasks: 0, resources: 0 },
} as const satisfies Partial<Report>;
