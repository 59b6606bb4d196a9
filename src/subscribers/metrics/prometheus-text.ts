// Metrics as Prometheus reads them: with units in their names, as every other way from OpenTelemetry to Prometheus gives
// them; and those of several processes as one.

/** What is needed of a metric that was collected. */
export interface CollectedMetric {
  readonly descriptor: { readonly name: string; readonly unit: string };
  readonly dataPointType: number;
}

export interface CollectedMetrics<Metric extends CollectedMetric> {
  readonly scopeMetrics: readonly { readonly metrics: readonly Metric[] }[];
}

const unitNames: Readonly<Record<string, string>> = { s: 'seconds', By: 'bytes' };
const gauge = 2; // DataPointType.GAUGE

/** Puts units into names: the exporter of the SDK leaves them out, and writes those of OpenTelemetry in comments. */
export function withUnits<Metric extends CollectedMetric, All extends CollectedMetrics<Metric>>(collected: All): All {
  return {
    ...collected,
    scopeMetrics: collected.scopeMetrics.map((scope) => ({
      ...scope,
      metrics: scope.metrics.map((metric) => {
        const { name, unit } = metric.descriptor;
        const word = unit === '1' && metric.dataPointType === gauge ? 'ratio' : unitNames[unit];
        const isNamed = word === undefined || name.endsWith(word);
        return { ...metric, descriptor: { ...metric.descriptor, unit: '', name: isNamed ? name : `${name}.${word}` } };
      }),
    })),
  };
}

/** Joins what several processes say: each metric is described once, and what they say of it stands together. */
export function mergeTexts(texts: readonly string[]): string {
  const families = new Map<string, { readonly comments: string[]; readonly samples: string[] }>();
  for (const text of texts) {
    let current = '';
    let isNew = false;
    for (const line of text.split('\n')) {
      const [, name] = /^# (?:HELP|TYPE|UNIT) (\S+)/.exec(line) ?? [];
      if (name !== undefined && name !== current) {
        current = name;
        isNew = !families.has(name);
        if (isNew) families.set(name, { comments: [], samples: [] });
      }
      if (name === undefined && line !== '' && !line.startsWith('#')) families.get(current)?.samples.push(line);
      else if (name !== undefined && isNew) families.get(current)?.comments.push(line);
    }
  }
  return [...families.values()]
    .filter(({ samples }) => samples.length > 0)
    .map(({ comments, samples }) => `${[...comments, ...samples].join('\n')}\n`)
    .join('');
}
