// What a report remembers, by hand: nothing happened but what a test says.
import type { HistoryEntry, Remembered } from '../../src/report/history.ts';
import type { Report } from '../../src/report/format.ts';
import { reportOf } from './rule-report.ts';

/** A report with a history of an hour, of a process that goes on unless `fields` say otherwise. */
export function remembering(history: Partial<HistoryEntry>, fields: Parameters<typeof reportOf>[0] = {}): Report {
  return reportOf({
    history: {
      observedMs: 3_600_000,
      runs: 1,
      forgotten: entriesOf(),
      lostErrors: entriesOf(),
      ignoredCancels: entriesOf(),
      fanOuts: entriesOf(),
      queues: entriesOf(),
      retries: entriesOf(),
      blockingCalls: null,
      ...history,
    },
    ...fields,
  });
}

export function entriesOf<Entry>(...entries: readonly Entry[]): Remembered<Entry> {
  return { entries, dropped: 0 };
}
