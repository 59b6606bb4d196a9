// Metrics for Prometheus to read: a provider of their own, which no SDK of the program's changes, and what it says as text.
import type { MeterProvider } from '@opentelemetry/api';
import type { SdkPackages } from '../open-telemetry.ts';
import { withUnits, type CollectedMetric, type CollectedMetrics } from './prometheus-text.ts';
import { resourceOf } from '../sdk.ts';

type Collected = CollectedMetrics<CollectedMetric>;

interface Exporter {
  collect(): Promise<{ readonly resourceMetrics: Collected }>;
}

interface ExporterModule {
  PrometheusExporter: new (options: { readonly preventServerStart: true }) => Exporter;
  PrometheusSerializer: new (
    prefix: string,
    appendTimestamp: boolean,
    withResourceConstantLabels: RegExp | undefined,
    withoutTargetInfo: boolean,
    withoutScopeInfo: boolean,
  ) => { serialize(metrics: Collected): string };
}

interface SdkMetrics {
  MeterProvider: new (options: {
    readonly resource: unknown;
    readonly readers: readonly Exporter[];
  }) => MeterProvider & { shutdown(): Promise<void> };
}

/** Metrics that can be read as text. */
export interface PrometheusSource {
  /** Hand it to `startMetrics`. */
  readonly meterProvider: MeterProvider;
  /** All metrics now, in the text format of Prometheus. */
  render(): Promise<string>;
}

/**
 * Makes a provider of metrics for Prometheus.
 * @param isOneOfMany puts the number of this process onto every series: its text is to be joined with others
 */
export function prometheusSource(sdk: SdkPackages, isOneOfMany: boolean): PrometheusSource {
  const { PrometheusExporter, PrometheusSerializer } = sdk.load('@opentelemetry/exporter-prometheus') as ExporterModule;
  const { MeterProvider: Provider } = sdk.load('@opentelemetry/sdk-metrics') as SdkMetrics;
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const labels = isOneOfMany ? /^process\.pid$/ : undefined;
  // Of each of our metrics it is known whose it is: they begin with our name.
  const serializer = new PrometheusSerializer('', false, labels, false, true);
  const detected = sdk.resources.detectResources({ detectors: [sdk.resources.envDetector] });
  const resource = resourceOf(sdk).merge(detected);
  return {
    meterProvider: new Provider({ resource, readers: [exporter] }),
    async render() {
      const { resourceMetrics } = await exporter.collect();
      return serializer.serialize(withUnits(resourceMetrics));
    },
  };
}
