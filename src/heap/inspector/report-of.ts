// What both ways through the inspector say of the process and of the reading.
import type { AwaitReport, Reading } from '../../report/awaits.ts';
import type { ProcessFacts } from './in-target.ts';

type ReportHead = Omit<AwaitReport, 'functions' | 'promises' | 'notes'>;

/** The beginning of a report: all but what was found. Only the main thread is seen. */
export function reportOf({
  pid,
  facts,
  takenAt,
  reading,
}: {
  readonly pid: number;
  readonly facts: ProcessFacts;
  readonly takenAt: string;
  readonly reading: Omit<Reading, 'bytes' | 'attempts'>;
}): ReportHead {
  return {
    format: 'loopscope-awaits',
    version: 1,
    takenAt,
    process: {
      pid,
      command: facts.command,
      directory: facts.directory,
      node: facts.version,
      uptimeMs: facts.uptimeMs,
    },
    reading: { ...reading, bytes: null, attempts: 1 },
    threads: [{ id: 0, name: 'main' }],
  };
}
