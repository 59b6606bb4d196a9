// The exact list of metrics, of a program that uses every primitive; and that the documentation has the same.
import { readFileSync } from 'node:fs';
import * as api from '@opentelemetry/api';
import { DataPointType, type MetricData } from '@opentelemetry/sdk-metrics';
import { expect, onTestFinished, test } from 'vitest';
import { loopBlocked } from '../../../src/channels/loop.ts';
import { metricTable, type MetricDefinition } from '../../../src/subscribers/metrics/metrics-table.ts';
import { startMetrics } from '../../../src/subscribers/metrics/metrics.ts';
import { eventName } from '../../../src/subscribers/semconv.ts';
import { Collector } from '../../support/collected-metrics.ts';
import { useEverything } from '../../support/use-everything.ts';

const definitions: readonly MetricDefinition[] = Object.values(metricTable);

/** Of counts there is one for each destination. */
const counts = { exported: 5, pending: 1, dropped: 2, failed: 1 };
const block = {
  kind: 'javascript',
  since: 0,
  durationMs: 150,
  ended: true,
  stack: [],
  native: null,
  task: null,
} as const;

test('every metric is there, with its unit, description, attributes and boundaries', async () => {
  const collector = new Collector();
  const metrics = startMetrics({
    api,
    meterProvider: collector.provider,
    loop: () => ({ observedMs: 2000, busyMs: 200, delayedBeyond: (x) => Math.max(0, 100 - x) }),
    exports: () => [counts],
    spans: () => ({ tasks: 0, operations: 0, itemLinks: 0 }),
  });
  onTestFinished(() => metrics.stop());
  const kept = await useEverything();
  loopBlocked.publish(block);
  metrics.end();
  const collected = await collector.metrics();
  expect(kept).not.toEqual([]);
  expect(collected.map(described).toSorted()).toEqual(definitions.map(expected).toSorted());
});

test('the documentation has the same table, and every event', () => {
  const text = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');
  const rows = text.split('\n').filter((line) => line.startsWith('| `loopscope.'));
  const events = Object.values(eventName);
  expect(rows.slice(events.length)).toEqual(definitions.map(row));
  expect(rows.slice(0, events.length).map((line) => line.split('`')[1])).toEqual(events);
});

function row({ name, instrument, unit, attributes, description }: MetricDefinition): string {
  const names = attributes.map((attribute) => `\`${attribute.replace('loopscope.', '')}\``).join(', ');
  return `| \`${name}\` | ${instrument} | ${unit === '1' ? '' : unit} | ${names} | ${description.replace(/\.$/, '')} |`;
}

function expected({ name, instrument, unit, description, attributes, boundaries }: MetricDefinition): string {
  const ends = boundaries === undefined ? '' : ` ${boundaries.join(' ')}`;
  return `${name} ${instrument} ${unit} "${description}" ${attributes.toSorted().join(' ')}${ends}`;
}

function described(metric: MetricData): string {
  const { name, unit, description } = metric.descriptor;
  const points = metric.dataPoints as readonly { readonly attributes: api.Attributes; readonly value: unknown }[];
  const keys = new Set(points.flatMap(({ attributes }) => Object.keys(attributes)));
  const value = points[0]?.value as { readonly buckets?: { readonly boundaries: readonly number[] } } | undefined;
  const ends = value?.buckets === undefined ? '' : ` ${value.buckets.boundaries.join(' ')}`;
  return `${name} ${instrumentOf(metric)} ${unit} "${description}" ${[...keys].toSorted().join(' ')}${ends}`;
}

function instrumentOf(metric: MetricData): string {
  if (metric.dataPointType === DataPointType.HISTOGRAM) return 'histogram';
  if (metric.dataPointType === DataPointType.GAUGE) return 'gauge';
  return metric.dataPointType === DataPointType.SUM && metric.isMonotonic ? 'counter' : 'up-down counter';
}
