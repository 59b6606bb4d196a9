// Export of spans over OTLP with the OpenTelemetry SDK, which is an optional peer: it is loaded when it is asked for,
// and takes a third of a second.
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import type * as OpenTelemetry from '@opentelemetry/api';
import type * as SdkNode from '@opentelemetry/sdk-node';
import { UsageError } from '../errors.ts';
import { complain } from '../runtime/complain.ts';
import { QuietAgent, whyUnreachable } from './collector.ts';
import { ExportQueue, type ExportCounts, type SpanExporter } from './export-queue.ts';
import { requireOf } from './open-telemetry.ts';
import { resourceAttribute } from './semconv.ts';

const flushAtStopMs = 1500;
const shutdownMs = 400;
const exportTimeoutMs = 5000;
const nothingExported: ExportCounts = Object.freeze({ exported: 0, pending: 0, dropped: 0, failed: 0 });

export interface OtlpOptions {
  /** Base URL of the collector, as in `OTEL_EXPORTER_OTLP_ENDPOINT`. Default: what the variables of the SDK say. */
  readonly endpoint?: string;
  /** The name of the service where neither `OTEL_SERVICE_NAME` nor `OTEL_RESOURCE_ATTRIBUTES` has one. Default: the script. */
  readonly serviceName?: string;
  /** The most spans that wait for their export; further ones are counted as dropped. Default 32,768. */
  readonly maxPending?: number;
}

/** What runs while spans are exported. */
export interface Exporter {
  /** The API that belongs to the SDK: hand it to `startSpans`. */
  readonly api: typeof OpenTelemetry;
  /** How many spans were exported, are pending, were dropped and failed, at once. All 0 if the program has its own SDK. */
  counts(): ExportCounts;
  /** Sends what has ended. Takes `timeoutMs` at most and never rejects; false if something is left. */
  flush(timeoutMs: number): Promise<boolean>;
  /** Sends what has ended and shuts the SDK down. Takes 2 s at most and never rejects. May be called twice. */
  stop(): Promise<void>;
}

interface Core {
  getStringFromEnv(name: string): string | undefined;
  suppressTracing(context: OpenTelemetry.Context): OpenTelemetry.Context;
}

interface Resources {
  defaultResource(): SdkNode.NodeSDKConfiguration['resource'];
  resourceFromAttributes(attributes: OpenTelemetry.Attributes): SdkNode.NodeSDKConfiguration['resource'];
  readonly envDetector: SdkNode.NodeSDKConfiguration['resourceDetectors'][number];
  readonly serviceInstanceIdDetector: SdkNode.NodeSDKConfiguration['resourceDetectors'][number];
}

interface ExporterModule {
  OTLPTraceExporter: new (options: {
    readonly url?: string;
    readonly timeoutMillis?: number;
    readonly httpAgentOptions?: () => QuietAgent;
  }) => SpanExporter;
}

/** The packages that come with sdk-node, and nothing else: what it is made of it finds itself. */
interface Sdk {
  readonly api: typeof OpenTelemetry;
  readonly node: typeof SdkNode;
  readonly core: Core;
  readonly resources: Resources;
  /** The exporter for a protocol of OTLP. */
  exporter(protocol: string): ExporterModule;
}

interface Destination {
  readonly protocol: string;
  readonly url: string;
  /** Whether the URL is ours to set; otherwise the exporter reads its variables. */
  readonly explicit: boolean;
}

/**
 * Starts the OpenTelemetry SDK and exports every span of the process, ours and those made through the API, to a
 * collector. If the program has started an SDK of its own, that one keeps its place and gets our spans.
 * @throws UsageError if the SDK is not installed or the endpoint is no URL
 */
export function startOtlp(options: OtlpOptions = {}): Exporter {
  const sdk = loadSdk();
  const own = providerOfProgram(sdk.api);
  if (own !== null) {
    complain('the program has its own OpenTelemetry SDK: spans go where that one sends them');
    return exporterOfProgram(sdk.api, own);
  }
  const { protocol, url, explicit } = findDestination(sdk.core, options.endpoint);
  const exporter = new (sdk.exporter(protocol).OTLPTraceExporter)({
    ...(explicit && { url }),
    ...(variable(sdk.core, 'TIMEOUT') === undefined && { timeoutMillis: exportTimeoutMs }),
    // Not for HTTPS: the exporter's own agent has the certificates of its variables.
    ...(url.startsWith('http:') && protocol !== 'grpc' && { httpAgentOptions: () => new QuietAgent() }),
  });
  const queue = new ExportQueue({
    exporter,
    destination: url,
    whyUnreachable: () => whyUnreachable(url),
    untraced: (run) => sdk.api.context.with(sdk.core.suppressTracing(sdk.api.context.active()), run),
    ...(options.maxPending !== undefined && { maxPending: options.maxPending }),
  });
  const node = startNodeSdk(sdk, queue, options.serviceName ?? nameOfScript());
  makeRoom(sdk.api);

  async function end(): Promise<void> {
    await queue.flush(flushAtStopMs);
    await within(shutdownMs, node.shutdown());
  }

  let ended: Promise<void> | null = null;
  return {
    api: sdk.api,
    counts: () => queue.counts(),
    flush: (timeoutMs) => queue.flush(timeoutMs),
    stop: () => (ended ??= end().catch((error: unknown) => complain('the OpenTelemetry SDK did not stop', error))),
  };
}

/**
 * Takes our SDK out of the place for which a program's own SDK would look when it starts later: it would find it taken,
 * and its spans would come to us. Until then the API hands out our tracers. The context manager stays: there is one, and
 * any SDK's serves.
 */
function makeRoom({ trace, propagation, ProxyTracerProvider }: typeof OpenTelemetry): void {
  const registered = trace.getTracerProvider();
  const provider = registered instanceof ProxyTracerProvider ? registered.getDelegate() : registered;
  trace.disable();
  propagation.disable();
  const proxy = trace.getTracerProvider();
  if (proxy instanceof ProxyTracerProvider) proxy.setDelegate(provider);
}

function startNodeSdk({ core, node, resources }: Sdk, queue: ExportQueue, serviceName: string): SdkNode.NodeSDK {
  const sdk = new node.NodeSDK({
    // Below what the variables say, which detectors merge over it.
    resource: resources.defaultResource().merge(
      resources.resourceFromAttributes({
        [resourceAttribute.serviceName]: serviceName,
        [resourceAttribute.processId]: process.pid,
        [resourceAttribute.runtimeName]: 'nodejs',
        [resourceAttribute.runtimeVersion]: process.versions.node,
      }),
    ),
    // The detectors of the SDK's own choice would send the command line and the name of the host.
    ...(core.getStringFromEnv('OTEL_NODE_RESOURCE_DETECTORS') === undefined && {
      resourceDetectors: [resources.envDetector, resources.serviceInstanceIdDetector],
    }),
    spanProcessors: [queue],
    // Left out, each of them means: export to localhost.
    metricReaders: [],
    logRecordProcessors: [],
  });
  sdk.start();
  return sdk;
}

function findDestination(core: Core, endpoint: string | undefined): Destination {
  const protocol = variable(core, 'PROTOCOL') ?? 'http/protobuf';
  if (endpoint === undefined) {
    const fallback = protocol === 'grpc' ? 'http://localhost:4317' : 'http://localhost:4318';
    return { protocol, url: variable(core, 'ENDPOINT') ?? fallback, explicit: false };
  }
  if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol)) {
    throw new UsageError(`the endpoint for spans must be a URL such as http://localhost:4318, got ${endpoint}`);
  }
  if (protocol === 'grpc' || endpoint.endsWith('/v1/traces')) return { protocol, url: endpoint, explicit: true };
  return { protocol, url: `${endpoint.replace(/\/$/, '')}/v1/traces`, explicit: true };
}

/** One of the exporter's variables: the one for traces goes before the one for all signals. */
function variable(core: Core, name: string): string | undefined {
  return (
    core.getStringFromEnv(`OTEL_EXPORTER_OTLP_TRACES_${name}`) ?? core.getStringFromEnv(`OTEL_EXPORTER_OTLP_${name}`)
  );
}

/** The tracer provider that somebody has registered already, or null. */
function providerOfProgram({ trace, ProxyTracerProvider }: typeof OpenTelemetry): object | null {
  const provider = trace.getTracerProvider();
  const behind = provider instanceof ProxyTracerProvider ? provider.getDelegate() : provider;
  return behind === new ProxyTracerProvider().getDelegate() ? null : behind;
}

function exporterOfProgram(api: typeof OpenTelemetry, provider: object): Exporter {
  return {
    api,
    counts: () => nothingExported,
    flush: async (timeoutMs) => {
      if (!('forceFlush' in provider) || typeof provider.forceFlush !== 'function') return true;
      return within(timeoutMs, Promise.resolve(provider.forceFlush()));
    },
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

function loadSdk(): Sdk {
  const load = createRequire(requireOf('@opentelemetry/sdk-node').resolve('@opentelemetry/sdk-node'));
  return {
    api: load('@opentelemetry/api'),
    node: load('@opentelemetry/sdk-node'),
    core: load('@opentelemetry/core'),
    resources: load('@opentelemetry/resources'),
    exporter: (protocol) => {
      if (protocol === 'grpc') return load('@opentelemetry/exporter-trace-otlp-grpc');
      return load(`@opentelemetry/exporter-trace-otlp-${protocol === 'http/json' ? 'http' : 'proto'}`);
    },
  };
}

function nameOfScript(): string {
  const script = process.argv[1];
  return script === undefined ? 'node' : basename(script).replace(/\.[cm]?[jt]sx?$/, '');
}
