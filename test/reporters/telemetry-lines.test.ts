import { expect, test } from 'vitest';
import type { Report, TelemetryEntry } from '../../src/report/format.ts';
import { drawTelemetry } from '../../src/reporters/telemetry-lines.ts';

const nothing = { exported: 0, pending: 0, dropped: 0, failed: 0, deleted: 0, problem: null };
const all = { tasks: 0, operations: 0, itemLinks: 0 };

function draw(telemetry: TelemetryEntry | null): string[] {
  return drawTelemetry({ telemetry } as Report, 78);
}

test('each destination says what arrived, and what did not and why', () => {
  const lost = { exported: 12_345, pending: 3, dropped: 20, failed: 512, deleted: 0, problem: 'connect ECONNREFUSED' };
  expect(
    draw({
      destinations: [
        { destination: 'http://localhost:4318/v1/traces', ...lost },
        { destination: '/app/spans.jsonl', ...nothing, exported: 7, deleted: 2 },
      ],
      withoutSpan: all,
    }),
  ).toEqual([
    'to http://localhost:4318/v1/traces · 12,345 exported · 3 pending',
    '  20 dropped because too many were pending · 512 not taken',
    '  connect ECONNREFUSED',
    'to /app/spans.jsonl · 7 exported · 2 of them deleted to make room',
  ]);
});

test('what got no span is said, and whose SDK has them', () => {
  expect(draw({ destinations: [], withoutSpan: { tasks: 1, operations: 2000, itemLinks: 5 } })).toEqual([
    "go to the program's own OpenTelemetry SDK",
    '1 task and 2000 operations got no span, beyond the limits',
    '5 items without a link from get to put',
  ]);
  expect(draw(null)).toEqual([]);
});
