// Exports spans with the OpenTelemetry SDK, which is an optional peer: it is loaded when it is asked for, and takes a third
// of a second.
import type * as OpenTelemetry from '@opentelemetry/api';
import type * as SdkNode from '@opentelemetry/sdk-node';
import { UsageError } from '../../errors.ts';
import { complain } from '../../runtime/complain.ts';
import { ExportQueue, type ExportCounts, type ExportQueueOptions, type SpanExporter } from './export-queue.ts';
import { loadApi, loadSdk, type SdkPackages } from '../open-telemetry.ts';
import { otlpExport } from './otlp.ts';
import { providerOfProgram, startSdk, useSdkOfProgram, type RunningSdk, type SdkOptions } from '../sdk.ts';
import { receiveThreadSpans } from '../spans/thread-spans.ts';
import { TraceFile, type TraceFileOptions } from './trace-file.ts';

const flushAtStopMs = 1500;
const shutdownMs = 400;

export interface ExportOptions extends Pick<SdkOptions, 'metrics' | 'logs' | 'serviceName'> {
  /**
   * Sends spans by OTLP: to a collector with this base URL, as in `OTEL_EXPORTER_OTLP_ENDPOINT`; null for what the
   * variables of OpenTelemetry say. Left out: sends none.
   */
  readonly otlp?: string | null;
  /** Writes spans to stdout. Default false. */
  readonly console?: boolean;
  /** Writes spans to a file. */
  readonly file?: Omit<TraceFileOptions, 'serialize'> | null;
  /** Makes readers of metrics and processors of log records, of the packages that the SDK is made of. */
  readonly others?: (packages: SdkPackages) => Pick<SdkOptions, 'metricReaders' | 'logRecordProcessors'>;
  /** The most spans that wait for their export, at each destination; further ones are dropped. Default 32,768. */
  readonly maxPending?: number;
}

/** How many spans of this process went where. */
export interface DestinationCounts extends ExportCounts {
  /** A URL, a file, or `console`. */
  readonly destination: string;
  /** Why spans were not taken, the last time that any were not. */
  readonly problem: string | null;
  /** Written to a file, and deleted with it to make room. They are among those exported. */
  readonly deleted: number;
}

/** What runs while spans are exported. */
export interface Exporter {
  readonly sdk: RunningSdk;
  /** At each destination; empty if the program has its own SDK. */
  counts(): readonly DestinationCounts[];
  /** Sends what has ended. Takes `timeoutMs` at most and never rejects; false if something is left. */
  flush(timeoutMs: number): Promise<boolean>;
  /** Writes what can be written at once, for the end of the process. */
  leave(): void;
  /** Sends what has ended and shuts the SDK down. Takes 2 s at most and never rejects. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Starts the OpenTelemetry SDK and exports every span of the process and of its worker threads, ours and those made through the API. If the program
 * has an SDK of its own, or starts one later, that one gets our spans from then on.
 * @throws UsageError if OpenTelemetry is not installed, or the endpoint is no URL
 */
export function startExport(options: ExportOptions): Exporter {
  const packages = loadPackages();
  if ('alone' in packages) return exporterOfProgram(packages.alone, null);
  const own = providerOfProgram(packages.api);
  if (own !== null) {
    complain('the program has its own OpenTelemetry SDK: spans go where that one sends them');
    return exporterOfProgram(packages.api, own);
  }
  const destinations = openDestinations(packages, options);
  const queues = destinations.map(({ queue }) => queue);
  // The SDK asks less of a processor than its types say.
  const spanProcessors = queues as unknown as NonNullable<Partial<SdkNode.NodeSDKConfiguration>['spanProcessors']>;
  const sdk = startSdk(packages, { ...options, ...options.others?.(packages), spanProcessors });
  sdk.onTakeover(() =>
    complain('the program has started its own OpenTelemetry SDK: spans go where that one sends them'),
  );

  const threads = receiveThreadSpans(packages.api, sdk.resource, (span) => {
    for (const queue of queues) queue.onEnd(span);
  });
  const flush = async (timeoutMs: number): Promise<boolean> => {
    threads.drain();
    const done = await Promise.all(queues.map((queue) => queue.flush(timeoutMs)));
    return done.every(Boolean);
  };
  async function end(): Promise<void> {
    await flush(flushAtStopMs);
    await within(shutdownMs, sdk.shutdown());
  }
  let ended: Promise<void> | null = null;
  return {
    sdk,
    counts() {
      threads.drain();
      return destinations.map((destination) => countsOf(destination, threads.dropped()));
    },
    flush,
    leave() {
      threads.drain();
      for (const { queue, file } of destinations) {
        queue.flushNow();
        file?.release();
      }
    },
    stop: () => (ended ??= end().catch((error: unknown) => complain('the OpenTelemetry SDK did not stop', error))),
  };
}

interface OpenDestination {
  readonly queue: ExportQueue;
  readonly file: TraceFile | null;
}

function openDestinations(sdk: SdkPackages, { otlp, console, file, maxPending }: ExportOptions): OpenDestination[] {
  const { api, core } = sdk;
  const common: Pick<ExportQueueOptions, 'untraced' | 'maxPending'> = {
    untraced: (run) => api.context.with(core.suppressTracing(api.context.active()), run),
    ...(maxPending !== undefined && { maxPending }),
  };
  const atOnce = { ...common, isSynchronous: true, whyUnreachable: () => Promise.resolve(null) };
  const destinations: OpenDestination[] = [];
  if (otlp !== undefined) {
    destinations.push({ queue: new ExportQueue({ ...common, ...otlpExport(sdk, otlp) }), file: null });
  }
  if (console === true) {
    const exporter = new (loadTracing(sdk).ConsoleSpanExporter)();
    destinations.push({ queue: new ExportQueue({ ...atOnce, exporter, destination: 'console' }), file: null });
  }
  if (file != null) {
    const { JsonTraceSerializer } = sdk.loadBelow(
      '@opentelemetry/exporter-trace-otlp-http',
      '@opentelemetry/otlp-transformer',
    ) as { JsonTraceSerializer: { serializeRequest: TraceFileOptions['serialize'] } };
    const exporter = new TraceFile({ ...file, serialize: (spans) => JsonTraceSerializer.serializeRequest(spans) });
    destinations.push({ queue: new ExportQueue({ ...atOnce, exporter, destination: file.path }), file: exporter });
  }
  return destinations;
}

/** @param droppedInThreads spans that did not get here from worker threads */
function countsOf({ queue, file }: OpenDestination, droppedInThreads: number): DestinationCounts {
  const { destination, problem } = queue;
  const counts = queue.counts();
  return {
    destination: file?.path ?? destination,
    ...counts,
    dropped: counts.dropped + droppedInThreads,
    problem,
    deleted: file?.deleted ?? 0,
  };
}

/** The package had another name before 2.9. */
function loadTracing(sdk: SdkPackages): { readonly ConsoleSpanExporter: new () => SpanExporter } {
  try {
    return sdk.load('@opentelemetry/sdk-trace') as ReturnType<typeof loadTracing>;
  } catch {
    return sdk.load('@opentelemetry/sdk-trace-base') as ReturnType<typeof loadTracing>;
  }
}

/** Where only the API can be used, its module: our spans go to an SDK that the program starts. */
function loadPackages(): SdkPackages | { readonly alone: typeof OpenTelemetry } {
  try {
    return loadSdk();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    let api: typeof OpenTelemetry;
    try {
      api = loadApi();
    } catch {
      throw error;
    }
    complain(`spans go to an OpenTelemetry SDK that the program starts, if it does; to be sent without one`, error);
    return { alone: api };
  }
}

function exporterOfProgram(api: typeof OpenTelemetry, provider: object | null): Exporter {
  return {
    sdk: useSdkOfProgram(api),
    counts: () => [],
    flush: async (timeoutMs) => {
      if (provider === null || !('forceFlush' in provider) || typeof provider.forceFlush !== 'function') return true;
      return within(timeoutMs, Promise.resolve(provider.forceFlush()));
    },
    leave: () => {},
    stop: () => Promise.resolve(),
  };
}

/** True if the promise is fulfilled in time; false, and no rejection, if not. */
async function within(milliseconds: number, promise: Promise<unknown>): Promise<boolean> {
  const { promise: timeout, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, milliseconds, false);
  const done = promise.then(
    () => true,
    () => false,
  );
  return Promise.race([done, timeout]).finally(() => clearTimeout(timer));
}
