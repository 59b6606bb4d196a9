// Sends metrics to a collector now and then, as the variables of OpenTelemetry say.
import type * as SdkNode from '@opentelemetry/sdk-node';
import { otlpSignal } from '../export/otlp-signal.ts';
import type { SdkPackages } from '../open-telemetry.ts';

export type MetricReader = NonNullable<NonNullable<Partial<SdkNode.NodeSDKConfiguration>['metricReaders']>[number]>;

const defaultIntervalMs = 60_000;
const longestExportMs = 5000;

interface SdkMetrics {
  PeriodicExportingMetricReader: new (options: {
    readonly exporter: unknown;
    readonly exportIntervalMillis: number;
    readonly exportTimeoutMillis: number;
  }) => MetricReader;
}

/** Metrics on their way to a collector. */
export interface OtlpMetrics {
  readonly reader: MetricReader;
  /** Sends what there is. May reject, or wait for long. */
  flush(): Promise<void>;
  /** Does not wait for an answer any more. */
  abandon(): void;
}

/**
 * A reader which exports by OTLP each `OTEL_METRIC_EXPORT_INTERVAL`.
 * @param endpoint base URL of the collector; null for what the variables of OpenTelemetry say
 */
export function otlpMetrics(sdk: SdkPackages, endpoint: string | null): OtlpMetrics {
  const { PeriodicExportingMetricReader } = sdk.load('@opentelemetry/sdk-metrics') as SdkMetrics;
  const interval = Number(sdk.core.getStringFromEnv('OTEL_METRIC_EXPORT_INTERVAL') ?? defaultIntervalMs);
  const exportIntervalMillis = interval >= 1 ? interval : defaultIntervalMs;
  const exporter = otlpSignal(sdk, 'metrics', endpoint);
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis,
    exportTimeoutMillis: Math.min(longestExportMs, exportIntervalMillis),
  });
  return { reader, flush: () => reader.forceFlush(), abandon: () => exporter.abandon() };
}
