import { expect, test } from 'vitest';
import { mergeTexts, withUnits } from '../../../src/subscribers/metrics/prometheus-text.ts';

const gauge = 2;
const sum = 3;

function renamed(name: string, unit: string, dataPointType = sum): string {
  const metric = { descriptor: { name, unit }, dataPointType };
  const [result] = withUnits({ scopeMetrics: [{ metrics: [metric] }] }).scopeMetrics[0]?.metrics ?? [];
  return `${result?.descriptor.name} ${JSON.stringify(result?.descriptor.unit)}`;
}

test('names get the units that Prometheus writes out, once, and units of things are none', () => {
  expect(renamed('loopscope.task.duration', 's')).toBe('loopscope.task.duration.seconds ""');
  expect(renamed('size', 'By')).toBe('size.bytes ""');
  expect(renamed('duration_seconds', 's')).toBe('duration_seconds ""');
  expect(renamed('queue.size', '{item}')).toBe('queue.size ""');
  expect(renamed('breaker.status', '1')).toBe('breaker.status ""');
  expect(renamed('eventloop.utilization', '1', gauge)).toBe('eventloop.utilization.ratio ""');
});

test('what several processes say of a metric stands together, described once', () => {
  const one =
    '# HELP a What a is.\n# TYPE a gauge\na{pid="1"} 1\n\n# HELP b What b is.\n# TYPE b counter\nb{pid="1"} 2\n';
  const two = '# HELP b What b is.\n# TYPE b counter\nb{pid="2"} 3\n# HELP c What c is.\n# TYPE c gauge\n';
  const three = '# no registered metrics';
  expect(mergeTexts([one, two, three])).toBe(
    [
      '# HELP a What a is.',
      '# TYPE a gauge',
      'a{pid="1"} 1',
      '# HELP b What b is.',
      '# TYPE b counter',
      'b{pid="1"} 2',
      'b{pid="2"} 3',
      '',
    ].join('\n'),
  );
  expect(mergeTexts([])).toBe('');
});

test('a metric that is only typed is described by that', () => {
  expect(mergeTexts(['# TYPE a gauge\na 1\n', '# TYPE a gauge\na 2\n'])).toBe('# TYPE a gauge\na 1\na 2\n');
});
