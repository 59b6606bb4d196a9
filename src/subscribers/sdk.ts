// The SDK that we start where the program has none, and the program's own where it has.
import { basename } from 'node:path';
import type * as OpenTelemetry from '@opentelemetry/api';
import type { LoggerProvider, MeterProvider, Tracer } from '@opentelemetry/api';
import type * as SdkNode from '@opentelemetry/sdk-node';
import { giveWay } from './api-place.ts';
import { FollowingTracer } from './following-tracer.ts';
import type { SdkPackages } from './open-telemetry.ts';
import { resourceAttribute, scopeName } from './semconv.ts';

const jobProcess = /[/\\]resilience[/\\]process-worker\.[jt]s$/;

type Configuration = Partial<SdkNode.NodeSDKConfiguration>;
type SdkResource = SdkNode.NodeSDKConfiguration['resource'];

export interface SdkOptions {
  /** None: no spans are recorded. */
  readonly spanProcessors: NonNullable<Configuration['spanProcessors']>;
  /** Whether there are metrics as `OTEL_METRICS_EXPORTER` says. Default false. */
  readonly metrics?: boolean;
  /** Further readers of metrics. */
  readonly metricReaders?: NonNullable<Configuration['metricReaders']>;
  /** Whether there are log records as `OTEL_LOGS_EXPORTER` says. Default false. */
  readonly logs?: boolean;
  /** Processors of log records, where the variable says nothing. */
  readonly logRecordProcessors?: NonNullable<Configuration['logRecordProcessors']>;
  /** The name of the service where neither `OTEL_SERVICE_NAME` nor `OTEL_RESOURCE_ATTRIBUTES` has one. Default: the script. */
  readonly serviceName?: string | undefined;
}

/** The SDK that gets what we make. */
export interface RunningSdk {
  readonly api: typeof OpenTelemetry;
  /** Makes our spans: with our SDK, and with the program's own once that has started. */
  readonly tracer: Tracer;
  /** Whether it is ours, and not the program's. */
  readonly isOurs: boolean;
  /** Null where nothing is exported of that kind. The program's own, once it has registered one. */
  meterProvider(): MeterProvider | null;
  loggerProvider(): LoggerProvider | null;
  /** Calls back once, when the program has started an SDK of its own in place of ours. */
  onTakeover(listener: () => void): void;
  /** Ends our SDK. May reject, as the SDK does. */
  shutdown(): Promise<void>;
}

/** The SDK that we have started. */
export interface OwnSdk extends RunningSdk {
  readonly resource: SdkResource;
}

/** Starts the SDK. It gives way to one which the program starts later. */
export function startSdk(packages: SdkPackages, options: SdkOptions): OwnSdk {
  const { api } = packages;
  const node = new packages.node.NodeSDK(configuration(packages, options));
  addReaders(node, options);
  node.start();
  const logsApi = ('logs' in api ? api : packages.load('@opentelemetry/api-logs')) as Pick<
    typeof OpenTelemetry,
    'logs'
  >;
  const tracer = new FollowingTracer(api.trace.getTracer(scopeName));
  const resource = resourceInUse(api) ?? resourceOf(packages, options.serviceName);
  const hasMetrics = options.metrics === true || (options.metricReaders?.length ?? 0) > 0;
  const hasLogs = options.logs === true || (options.logRecordProcessors?.length ?? 0) > 0;
  const listeners: (() => void)[] = [];
  let isTaken = false;
  giveWay((signal) => {
    if (signal !== 'trace' || isTaken) return;
    isTaken = true;
    // They take the place first, and put their provider into it then.
    tracer.follow(() => api.trace.getTracer(scopeName));
    queueMicrotask(() => {
      for (const listener of listeners.splice(0)) listener();
    });
  });
  return {
    api,
    tracer,
    resource,
    isOurs: true,
    meterProvider: () => (hasMetrics || isTaken ? api.metrics.getMeterProvider() : null),
    loggerProvider: () => (hasLogs || isTaken ? logsApi.logs.getLoggerProvider() : null),
    onTakeover: (listener) => void listeners.push(listener),
    shutdown: () => node.shutdown(),
  };
}

/** The SDK that the program has started, or will start: it gets what we make through the API. */
export function useSdkOfProgram(api: typeof OpenTelemetry): RunningSdk {
  return {
    api,
    tracer: api.trace.getTracer(scopeName),
    isOurs: false,
    meterProvider: () => api.metrics.getMeterProvider(),
    loggerProvider: () => ('logs' in api ? api.logs.getLoggerProvider() : null),
    onTakeover: () => {},
    shutdown: async () => {},
  };
}

/** The tracer provider that somebody has registered already, or null. */
export function providerOfProgram({ trace, ProxyTracerProvider }: typeof OpenTelemetry): object | null {
  const provider = trace.getTracerProvider();
  // Of another copy of the API it is a proxy of another class.
  const behind = 'getDelegate' in provider ? (provider as OpenTelemetry.ProxyTracerProvider).getDelegate() : provider;
  return behind.constructor === new ProxyTracerProvider().getDelegate().constructor ? null : behind;
}

function configuration(packages: SdkPackages, options: SdkOptions): Configuration {
  const { core, resources } = packages;
  const { spanProcessors, metrics = false, metricReaders = [], logs = false, logRecordProcessors = [] } = options;
  return {
    resource: resourceOf(packages, options.serviceName),
    // The detectors of the SDK's own choice would send the command line and the name of the host.
    ...(core.getStringFromEnv('OTEL_NODE_RESOURCE_DETECTORS') === undefined && {
      resourceDetectors: [resources.envDetector, resources.serviceInstanceIdDetector],
    }),
    spanProcessors,
    // Left out, each of them means: as the variables say, and to localhost if they say nothing.
    ...(!metrics && { metricReaders }),
    ...(!logs && { logRecordProcessors }),
  };
}

/** What this process is, below what the variables say, which detectors merge over it. */
export function resourceOf({ resources }: SdkPackages, serviceName: string = nameOfScript()): SdkResource {
  return resources.defaultResource().merge(
    resources.resourceFromAttributes({
      [resourceAttribute.serviceName]: serviceName,
      [resourceAttribute.processId]: process.pid,
      [resourceAttribute.runtimeName]: 'nodejs',
      [resourceAttribute.runtimeVersion]: process.versions.node,
    }),
  );
}

/** That of the spans of this process, with what detectors have found: nothing but the provider has it. */
function resourceInUse(api: typeof OpenTelemetry): SdkResource | null {
  const provider: { readonly _resource?: SdkResource } | null = providerOfProgram(api);
  return provider?._resource ?? null;
}

/** The SDK takes either readers or variables; where both are wanted, ours go beside those that it has made. */
function addReaders(node: object, { metrics = false, metricReaders = [] }: SdkOptions): void {
  const { _meterProviderConfig: made } = node as { readonly _meterProviderConfig?: { readonly readers?: unknown[] } };
  if (metrics) made?.readers?.push(...metricReaders);
}

/** A process that runs jobs for another belongs to the same service: it is told the other's script. */
function nameOfScript(): string {
  const [, own, starter] = process.argv;
  const script = own !== undefined && jobProcess.test(own) ? (starter ?? own) : own;
  return script === undefined ? 'node' : basename(script).replace(/\.[cm]?[jt]sx?$/, '');
}
