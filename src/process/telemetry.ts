// Spans (and, where wanted, metrics and log records) of this process: while it runs, when it ends, and what reports say of
// them. Loaded only where something is to be exported.
import { extname } from 'node:path';
import type { TelemetryEntry } from '../report/format.ts';
import { complain } from '../runtime/complain.ts';
import { setLastFlush } from '../runtime/last-flush.ts';
import { startExport, type Exporter } from '../subscribers/export/export.ts';
import { startSpans, type Spans } from '../subscribers/spans/spans.ts';
import { beforeEndBy, beforeEvent } from './events.ts';
import { MetricsOfProcess, type MetricsSources } from './metrics.ts';
import { setTelemetrySource } from './telemetry-source.ts';

const flushAtEndMs = 2000;

/** What runs while something is exported. */
export interface Telemetry {
  /** Sends what has ended, within the milliseconds given. Never rejects. */
  flush(milliseconds: number): Promise<unknown>;
  /** At the end of the process: writes what can be written at once, and says what is lost. */
  leave(): void;
}

/**
 * Starts what the configuration asks for.
 * @param ending the signals by which the process may end with nobody listening
 */
export function startTelemetry(sources: MetricsSources, ending: readonly NodeJS.Signals[]): Telemetry {
  const metrics = new MetricsOfProcess(sources);
  const { hasSpans, metrics: hasMetrics, logs } = sources.config;
  const exported = hasSpans || hasMetrics || logs ? exportSpans(sources, metrics, ending) : null;
  metrics.serve(exported?.exporter ?? null, exported?.spans ?? null);
  let endedAtFlush = 0;
  beforeEvent('beforeExit', () => {
    metrics.end();
    const counts = exported?.exporter.counts() ?? [];
    const ended = counts.reduce(
      (sum, { exported: sent, pending, dropped, failed }) => sum + sent + pending + dropped + failed,
      0,
    );
    // Node asks again after each flush: what a collector did not take in that time it gets no more time for.
    if (ended !== endedAtFlush && counts.some(({ pending }) => pending > 0))
      void exported?.exporter.flush(flushAtEndMs);
    endedAtFlush = ended;
    if (metrics.isDue) void metrics.flush(flushAtEndMs);
  });
  const flush = (milliseconds: number): Promise<unknown> =>
    Promise.all([exported?.exporter.flush(milliseconds), metrics.flush(milliseconds)]);
  setLastFlush(flush);
  return {
    flush,
    leave() {
      if (exported !== null) leave(exported.exporter, exported.spans);
    },
  };
}

function exportSpans(
  sources: MetricsSources,
  metrics: MetricsOfProcess,
  ending: readonly NodeJS.Signals[],
): { readonly exporter: Exporter; readonly spans: Spans | null } {
  const { config, blockThresholdMs } = sources;
  const { traceFile, hasSpans } = config;
  const exporter = startExport({
    ...(config.otlp !== undefined && { otlp: config.otlp }),
    console: config.console,
    file: traceFile === null ? null : { ...traceFile, pathOfOthers: withNumber(traceFile.path) },
    metrics: config.metrics,
    logs: config.logs,
    others: metrics.others,
  });
  const spans = hasSpans ? startSpans({ api: exporter.sdk.api, tracer: exporter.sdk.tracer, blockThresholdMs }) : null;
  setTelemetrySource(() => entryOf(exporter, spans));
  metrics.start(exporter, spans);
  if (hasSpans) for (const signal of ending) beforeEndBy(signal, () => leave(exporter, spans));
  return { exporter, spans };
}

function leave(exporter: Exporter, spans: Spans | null): void {
  exporter.leave();
  sayLosses(exporter, spans);
}

function sayLosses(exporter: Exporter, spans: Spans | null): void {
  for (const { destination, pending, dropped, failed } of exporter.counts()) {
    const left = pending + dropped + failed;
    if (left > 0) complain(`${left} of the spans that ended were not exported to ${destination}`);
  }
  const { tasks, operations } = spans?.dropped() ?? { tasks: 0, operations: 0 };
  if (tasks + operations > 0) complain(`${tasks} tasks and ${operations} operations got no span, beyond the limits`);
}

function entryOf(exporter: Exporter, spans: Spans | null): TelemetryEntry {
  const { tasks, operations, itemLinks } = spans?.dropped() ?? { tasks: 0, operations: 0, itemLinks: 0 };
  return { destinations: exporter.counts(), withoutSpan: { tasks, operations, itemLinks } };
}

/** `spans.4242.jsonl`, beside `spans.jsonl`. */
function withNumber(path: string): string {
  const ending = extname(path);
  return `${path.slice(0, path.length - ending.length)}.${process.pid}${ending}`;
}
