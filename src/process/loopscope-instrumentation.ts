// loopscope as an instrumentation for an OpenTelemetry SDK that the program starts itself. It has the interface of
// `@opentelemetry/instrumentation` without using that package, of which a process may have several versions.
import { createRequire } from 'node:module';
import type * as OpenTelemetry from '@opentelemetry/api';
import type { LoggerProvider, MeterProvider, TracerProvider } from '@opentelemetry/api';
import { startHook } from '../../instrumentation/hook.ts';
import { FollowingTracer } from '../subscribers/following-tracer.ts';
import { startLogs, type Logs } from '../subscribers/logs/logs.ts';
import { startMetrics, type Metrics } from '../subscribers/metrics/metrics.ts';
import { loadApi } from '../subscribers/open-telemetry.ts';
import { scopeName } from '../subscribers/semconv.ts';
import { startSpans, type Spans, type SpansOptions } from '../subscribers/spans/spans.ts';

/** What `LoopscopeInstrumentation` takes; as everywhere in OpenTelemetry, all of it may be left out. */
export interface LoopscopeInstrumentationConfig extends Omit<SpansOptions, 'api' | 'tracer'> {
  /** Starts when it is constructed. Default true. */
  enabled?: boolean;
  /** Whether to make spans. Default true. */
  spans?: boolean;
  /** Whether to make metrics. Default true. */
  metrics?: boolean;
  /** Whether to make log records. Default true. */
  logs?: boolean;
  /** Whether known libraries are made visible that are loaded from then on, and which are let be. Default true. */
  libraries?: boolean | { readonly disabled: readonly string[] };
  /** A task that is pending for longer gets a log record and an event in its span. Milliseconds; null, the default, for never. */
  pendingAfterMs?: number | null;
}

// What `loopscope/register` has started makes all that this would make, and follows the SDK of the program.
const registerKey = Symbol.for('loopscope.telemetry@1');

/**
 * Makes the spans, metrics and log records of loopscope, for whoever is handed to `setTracerProvider` and its like, or else
 * for the SDK that is registered globally. For `instrumentations` of a `NodeSDK` or of `registerInstrumentations`.
 */
export class LoopscopeInstrumentation {
  readonly instrumentationName = scopeName;
  readonly instrumentationVersion: string = versionOfLoopscope();
  readonly #api: typeof OpenTelemetry = loadApi();
  readonly #tracer: FollowingTracer;
  #config: LoopscopeInstrumentationConfig = {};
  #meterProvider: MeterProvider | null = null;
  #loggerProvider: LoggerProvider | null = null;
  #spans: Spans | null = null;
  #metrics: Metrics | null = null;
  #logs: Logs | null = null;
  #stopHook: (() => void) | null = null;
  #isEnabled = false;

  constructor(config: LoopscopeInstrumentationConfig = {}) {
    this.#tracer = new FollowingTracer(this.#api.trace.getTracer(scopeName, this.instrumentationVersion));
    this.setConfig(config);
    if (this.#config.enabled === true) this.enable();
  }

  /** Starts. May be called twice. */
  enable(): void {
    if (this.#isEnabled || Object.hasOwn(globalThis, registerKey)) return;
    this.#isEnabled = true;
    const { spans = true, libraries = true, ...config } = this.#config;
    const { enabled: _, metrics: __, logs: ___, pendingAfterMs: ____, ...limits } = config;
    if (libraries !== false) this.#stopHook = startHook(libraries === true ? {} : libraries);
    if (spans) this.#spans = startSpans({ ...limits, api: this.#api, tracer: this.#tracer });
    this.#startMetrics();
    this.#startLogs();
  }

  /** Stops all of it, and restores libraries; spans that are open are not ended. May be called twice, and `enable` after it. */
  disable(): void {
    this.#isEnabled = false;
    for (const part of [this.#spans, this.#metrics, this.#logs]) part?.stop();
    this.#spans = this.#metrics = this.#logs = null;
    this.#stopHook?.();
    this.#stopHook = null;
  }

  setTracerProvider(tracerProvider: TracerProvider): void {
    this.#tracer.follow(() => tracerProvider.getTracer(scopeName, this.instrumentationVersion));
  }

  setMeterProvider(meterProvider: MeterProvider): void {
    // Before there is an SDK for metrics it is the API's own stand-in: then the global one counts, when there is one.
    const provider = meterProvider.getMeter(scopeName) === this.#api.createNoopMeter() ? null : meterProvider;
    if (this.#meterProvider === provider) return;
    this.#meterProvider = provider;
    if (this.#isEnabled) this.#startMetrics();
  }

  setLoggerProvider(loggerProvider: LoggerProvider): void {
    if (this.#loggerProvider === loggerProvider) return;
    this.#loggerProvider = loggerProvider;
    if (this.#isEnabled) this.#startLogs();
  }

  /** Takes effect when it is enabled the next time. */
  setConfig(config: LoopscopeInstrumentationConfig): void {
    this.#config = { ...config, enabled: config.enabled ?? true };
  }

  getConfig(): LoopscopeInstrumentationConfig {
    return this.#config;
  }

  #startMetrics(): void {
    this.#metrics?.stop();
    this.#metrics = null;
    if (this.#config.metrics === false) return;
    const provider = this.#meterProvider;
    this.#metrics = startMetrics({ api: this.#api, ...(provider !== null && { meterProvider: provider }) });
  }

  #startLogs(): void {
    this.#logs?.stop();
    this.#logs = null;
    if (this.#config.logs === false) return;
    const provider = this.#loggerProvider;
    const spans = this.#spans;
    this.#logs = startLogs({
      api: this.#api,
      pendingAfterMs: this.#config.pendingAfterMs ?? null,
      ...(provider !== null && { loggerProvider: provider }),
      ...(spans !== null && {
        contextOf: (task) => spans.contextOf(task),
        notePending: (task, attributes) => spans.notePending(task, attributes),
      }),
    });
  }
}

function versionOfLoopscope(): string {
  const { version } = createRequire(import.meta.url)('loopscope/package.json') as { readonly version: string };
  return version;
}
