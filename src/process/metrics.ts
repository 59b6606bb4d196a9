// Metrics and log records of this process: to the SDK that exports spans, and to Prometheus.
import type { TelemetryConfig } from '../config.ts';
import { now } from '../runtime/clock.ts';
import { complain } from '../runtime/complain.ts';
import type { Exporter, ExportOptions } from '../subscribers/export/export.ts';
import { LogBatch } from '../subscribers/logs/logs-batch.ts';
import { startLogs, type Logs } from '../subscribers/logs/logs.ts';
import type { LoopReading } from '../subscribers/metrics/metrics-loop.ts';
import { otlpMetrics, type OtlpMetrics } from '../subscribers/metrics/metrics-reader.ts';
import { giveMetrics, serveMetrics } from '../subscribers/metrics/metrics-server.ts';
import { startMetrics, type Metrics, type MetricsOptions } from '../subscribers/metrics/metrics.ts';
import { loadSdk } from '../subscribers/open-telemetry.ts';
import { prometheusSource } from '../subscribers/metrics/prometheus.ts';
import type { Spans } from '../subscribers/spans/spans.ts';
import { RunDirectory } from './run-directory.ts';

// The end of the loop is told again after each flush that made it turn.
const betweenFlushesMs = 1000;

/** Where metrics come from, and what becomes of them. */
export interface MetricsSources {
  readonly config: TelemetryConfig;
  readonly runDirectory: string | null;
  /** What was measured of the loop; null where nobody did. */
  readonly loop: () => LoopReading | null;
  /** Turns that take longer block the loop. Milliseconds. */
  readonly blockThresholdMs: number;
}

/** The metrics and log records of a process. */
export class MetricsOfProcess {
  readonly #sources: MetricsSources;
  readonly #metrics: Metrics[] = [];
  #otlp: OtlpMetrics | null = null;
  #batch: LogBatch | null = null;
  #logs: Logs | null = null;
  #flushedAt = -Infinity;
  #flushing = 0;
  #isHopeless = false;

  constructor(sources: MetricsSources) {
    this.#sources = sources;
  }

  /** What sends metrics and log records beside the spans. */
  readonly others: NonNullable<ExportOptions['others']> = (sdk) => {
    const { otlp = null, otlpMetrics: wantsMetrics, otlpLogs } = this.#sources.config;
    if (wantsMetrics) this.#otlp = otlpMetrics(sdk, otlp);
    if (otlpLogs) this.#batch = new LogBatch(sdk, otlp);
    return {
      metricReaders: this.#otlp === null ? [] : [this.#otlp.reader],
      logRecordProcessors: this.#batch === null ? [] : [this.#batch],
    };
  };

  /** Starts them, once it is known where spans go. */
  start(exporter: Exporter, spans: Spans | null): void {
    const { config } = this.#sources;
    const { sdk } = exporter;
    this.#startMetrics(sdk.api, () => sdk.meterProvider(), exporter, spans);
    this.#logs = startLogs({
      api: sdk.api,
      loggerProvider: () => sdk.loggerProvider(),
      pendingAfterMs: config.pendingAfterMs,
      ...(spans !== null && {
        contextOf: (task) => spans.contextOf(task),
        notePending: (task, attributes) => spans.notePending(task, attributes),
      }),
    });
  }

  /** Gives metrics to Prometheus. Whatever fails is said in one line. */
  serve(exporter: Exporter | null, spans: Spans | null): void {
    const { config, runDirectory } = this.#sources;
    const { prometheus } = config;
    if (prometheus === null) return;
    try {
      const sdk = loadSdk();
      const source = prometheusSource(sdk, prometheus === 'supervisor');
      this.#startMetrics(sdk.api, source.meterProvider, exporter, spans);
      const render = (): Promise<string> => source.render();
      if (prometheus !== 'supervisor') serveMetrics({ ...prometheus, render, say: complain });
      else if (runDirectory !== null) {
        giveMetrics(new RunDirectory(runDirectory).metricsSocket(process.pid), render, complain);
      }
    } catch (error) {
      complain('no metrics for Prometheus', error);
    }
  }

  #startMetrics(
    api: MetricsOptions['api'],
    meterProvider: NonNullable<MetricsOptions['meterProvider']>,
    exporter: Exporter | null,
    spans: Spans | null,
  ): void {
    const { loop } = this.#sources;
    const exports = exporter === null ? {} : { exports: () => exporter.counts() };
    const dropped = spans === null ? {} : { spans: () => spans.dropped() };
    this.#metrics.push(startMetrics({ api, meterProvider, loop, ...exports, ...dropped }));
  }

  /** The loop has run empty. */
  end(): void {
    for (const metrics of this.#metrics) metrics.end();
    this.#logs?.look();
  }

  /** Whether a flush at the end is worth its time: none is under way, was just now, or was in vain. */
  get isDue(): boolean {
    if (this.#otlp === null && this.#batch === null) return false;
    return this.#flushing === 0 && !this.#isHopeless && now() - this.#flushedAt > betweenFlushesMs;
  }

  /** Sends what there is. Never rejects, and nothing goes on after its time. */
  async flush(timeoutMs: number): Promise<void> {
    const parts = [this.#otlp, this.#batch].filter((part) => part !== null);
    const { promise: timeout, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(resolve, timeoutMs, false);
    this.#flushing++;
    const flushed = Promise.allSettled(parts.map((part) => part.flush())).then(() => true);
    const isDone = await Promise.race([flushed, timeout]);
    clearTimeout(timer);
    if (!isDone) {
      this.#isHopeless = true;
      for (const part of parts) part.abandon();
    }
    this.#flushing--;
    this.#flushedAt = now();
  }
}
