// The way of metrics and log records to a collector by OTLP. What cannot be sent never holds the process and is said once.
import { complain } from '../../runtime/complain.ts';
import { whyUnreachable } from './collector.ts';
import type { ExportResult } from './export-queue.ts';
import type { SdkPackages } from '../open-telemetry.ts';
import { explain, requestTimeoutMs } from './otlp.ts';
import { holdNoProcess } from './otlp-transport.ts';

// HTTP and gRPC: there is nothing at the collector that takes this. Jaeger takes spans alone.
const notTaken = new Set([404, 405, 415, 501, 12]);

/** What metrics and logs are sent by, for the SDK. */
interface PushExporter {
  export(batch: unknown, done: (result: ExportResult) => void): void;
  forceFlush?(): Promise<void>;
  shutdown(): Promise<void>;
  selectAggregationTemporality?(kind: unknown): unknown;
  selectAggregation?(kind: unknown): unknown;
}

const signals = {
  metrics: { module: 'exporter-metrics-otlp', name: 'OTLPMetricExporter', path: '/v1/metrics', variable: 'METRICS' },
  logs: { module: 'exporter-logs-otlp', name: 'OTLPLogExporter', path: '/v1/logs', variable: 'LOGS' },
} as const;

export type OtlpSignal = keyof typeof signals;

/**
 * The exporter for a signal.
 * @param endpoint base URL of the collector; null for what the variables of OpenTelemetry say
 */
export function otlpSignal(sdk: SdkPackages, signal: OtlpSignal, endpoint: string | null): QuietExporter {
  const { module, name, path, variable } = signals[signal];
  const read = (end: string): string | undefined =>
    sdk.core.getStringFromEnv(`OTEL_EXPORTER_OTLP_${variable}_${end}`) ??
    sdk.core.getStringFromEnv(`OTEL_EXPORTER_OTLP_${end}`);
  const protocol = read('PROTOCOL') ?? 'http/protobuf';
  const isGrpc = protocol === 'grpc';
  const fallback = isGrpc ? 'http://localhost:4317' : 'http://localhost:4318';
  const base = endpoint?.replace(/\/v1\/traces$/, '').replace(/\/$/, '') ?? null;
  const url = base === null ? (read('ENDPOINT') ?? fallback) : isGrpc ? base : base + path;
  const kind = isGrpc ? 'grpc' : protocol === 'http/json' ? 'http' : 'proto';
  const exporters = sdk.load(`@opentelemetry/${module}-${kind}`) as Record<
    string,
    new (options: object) => PushExporter
  >;
  const Exporter = exporters[name] as new (options: object) => PushExporter;
  const exporter = new Exporter({
    ...(base !== null && { url }),
    ...(read('TIMEOUT') === undefined && {
      timeoutMillis: requestTimeoutMs[isGrpc ? 'grpc' : 'http'],
    }),
  });
  const { context } = sdk.api;
  const untraced = (run: () => void): void => context.with(sdk.core.suppressTracing(context.active()), run);
  return new QuietExporter(exporter, signal, url, untraced);
}

/** Tells the SDK that all went well: it would write of each failure, and hold the process while it waits for an answer. */
export class QuietExporter implements PushExporter {
  readonly #exporter: PushExporter;
  readonly #signal: OtlpSignal;
  readonly #url: string;
  readonly #untraced: (run: () => void) => void;
  #isReached = false;
  #isRefused = false;
  #giveUp: (result: ExportResult) => void = () => {};
  #complained = false;

  constructor(exporter: PushExporter, signal: OtlpSignal, url: string, untraced: (run: () => void) => void) {
    this.#exporter = exporter;
    holdNoProcess(exporter);
    this.#signal = signal;
    this.#url = url;
    this.#untraced = untraced;
  }

  export(batch: unknown, done: (result: ExportResult) => void): void {
    void this.#try(batch, done);
  }

  async #try(batch: unknown, done: (result: ExportResult) => void): Promise<void> {
    try {
      await this.#export(batch);
    } catch (error) {
      this.#fail(error);
    }
    done({ code: 0 });
  }

  async #export(batch: unknown): Promise<void> {
    if (this.#isRefused) return;
    // One that is refused tries again for seconds, and holds the process meanwhile.
    const unreachable = this.#isReached ? null : await whyUnreachable(this.#url);
    if (unreachable !== null) throw new Error(unreachable);
    const { promise, resolve } = Promise.withResolvers<ExportResult>();
    this.#giveUp = resolve;
    this.#untraced(() => this.#exporter.export(batch, resolve));
    const { code, error } = await promise;
    this.#isReached = code === 0;
    if (code !== 0) throw error ?? new Error('no reason given');
  }

  #fail(error: unknown): void {
    const code = error instanceof Error && 'code' in error ? Number(error.code) : 0;
    if (notTaken.has(code)) {
      this.#isRefused = true;
      return;
    }
    if (!this.#complained) {
      complain(`${this.#signal} cannot be exported to ${this.#url}`, explain(error as Error));
    }
    this.#complained = true;
  }

  /** What is on its way is not waited for any more: the process is to end. */
  abandon(): void {
    this.#giveUp({ code: 1, error: new Error('no answer in time') });
  }

  async forceFlush(): Promise<void> {
    await this.#exporter.forceFlush?.();
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }

  selectAggregationTemporality(kind: unknown): unknown {
    return this.#exporter.selectAggregationTemporality?.(kind);
  }

  selectAggregation(kind: unknown): unknown {
    return this.#exporter.selectAggregation?.(kind) ?? { type: 0 };
  }
}
