// Metrics as tests want to read them: collected when asked, each data point as one line.
import { DataPointType, MeterProvider, MetricReader, type MetricData } from '@opentelemetry/sdk-metrics';

/** Collects when it is asked, and never by itself. */
export class Collector extends MetricReader {
  /** A provider whose only reader this is. */
  readonly provider: MeterProvider = new MeterProvider({ readers: [this] });

  protected override async onForceFlush(): Promise<void> {}

  protected override async onShutdown(): Promise<void> {}

  /** All metrics of loopscope. Rejects if a callback failed. */
  async metrics(): Promise<MetricData[]> {
    const { resourceMetrics, errors } = await this.collect();
    if (errors.length > 0) throw errors[0];
    return resourceMetrics.scopeMetrics
      .filter(({ scope }) => scope.name === 'loopscope')
      .flatMap(({ metrics }) => metrics);
  }

  /** The data points of metrics whose name, without `loopscope.`, begins so: in order, histograms as their counts. */
  async lines(prefix = ''): Promise<string[]> {
    const metrics = await this.metrics();
    return metrics
      .filter(({ descriptor }) => descriptor.name.startsWith(`loopscope.${prefix}`))
      .flatMap((metric) => pointsOf(metric))
      .toSorted();
  }
}

function pointsOf(metric: MetricData): string[] {
  const name = metric.descriptor.name.replace('loopscope.', '');
  const points = metric.dataPoints.map(({ attributes, value }) => {
    const words = Object.values(attributes).map(String);
    const number = typeof value === 'number' ? value : `${value.count}x`;
    return `${[name, ...words].join(' ')}: ${String(number)}`;
  });
  return metric.dataPointType === DataPointType.EXPONENTIAL_HISTOGRAM ? [] : points;
}
