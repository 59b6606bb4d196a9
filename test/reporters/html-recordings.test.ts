// The page of recordings of the doctor: what it has, and that nothing in a recording is markup.
import { expect, test } from 'vitest';
import { diagnose } from '../../src/doctor/diagnose.ts';
import { renderRecordings } from '../../src/reporters/html.ts';
import { operationOf, recordingOf, siteAt, threadOf, useOf } from '../support/recording.ts';

const hostile = '"><script>alert(1)</script><img src=x onerror=alert(1)>\u202E';

function pageOf(name: string): string {
  const operations = {
    followedMs: 2000,
    isDeep: false,
    dropped: 0,
    groups: [
      operationOf({
        type: name,
        at: { ...siteAt(8), file: `/app/${name}.ts` },
        count: 10,
        waitingMs: 100,
        peak: 3,
        concurrency: [1, 3, 0],
        parent: { type: name, at: siteAt(4) },
      }),
    ],
  };
  const series = {
    ...threadOf().series,
    utilization: [0.1, 0.5],
    heapMB: [10, 20],
    requests: [1, 2],
    answered: [0, 20, 50],
  };
  const client = useOf({ kind: 'client', name, holds: 1000, holdMs: 15_000, operation: name });
  const recording = recordingOf([threadOf({ operations, series, resources: [client] })], {
    command: name,
    notes: [name],
  });
  return renderRecordings([{ recording, diagnosis: diagnose(recording) }]);
}

test('names of a recording are text, wherever they stand', () => {
  const tags = (page: string): string[] => page.match(/<\/?[a-z][^>]*>/g) ?? [];
  expect(tags(pageOf(hostile)).length).toBe(tags(pageOf('Timeout')).length);
  expect(pageOf(hostile)).not.toContain('\u202E');
});

test('it has the verdict, the numbers over time, and a row with a curve for each operation', () => {
  const page = pageOf('Timeout');
  const has = [
    '<b>It waits for Timeout: 75 % of the time of its requests',
    'aria-label="Loop busy, at most 50 %"',
    'aria-label="Answered a second, at most 300"',
    '<td data-of="from">timer at app.ts:4</td>',
    'aria-label="timer at a time, at most 3"',
  ];
  expect(has.filter((text) => !page.includes(text))).toEqual([]);
});
