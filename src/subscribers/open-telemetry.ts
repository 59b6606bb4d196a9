// The packages of OpenTelemetry are optional peers: found where the program has them, and loaded when they are needed.
import { createRequire, findPackageJSON } from 'node:module';
import { join } from 'node:path';
import type * as OpenTelemetry from '@opentelemetry/api';
import type * as SdkNode from '@opentelemetry/sdk-node';
import { UsageError } from '../errors.ts';

const apiName = '@opentelemetry/api';
const sdkName = '@opentelemetry/sdk-node';

/** What our spans need of `@opentelemetry/api`. */
export type OpenTelemetryApi = Pick<
  typeof OpenTelemetry,
  'context' | 'trace' | 'SpanKind' | 'SpanStatusCode' | 'ROOT_CONTEXT' | 'createTraceState'
>;

type Detector = SdkNode.NodeSDKConfiguration['resourceDetectors'][number];
type Resource = SdkNode.NodeSDKConfiguration['resource'];

interface Core {
  getStringFromEnv(name: string): string | undefined;
  suppressTracing(context: OpenTelemetry.Context): OpenTelemetry.Context;
}

interface Resources {
  defaultResource(): Resource;
  resourceFromAttributes(attributes: OpenTelemetry.Attributes): Resource;
  detectResources(options: { readonly detectors: readonly Detector[] }): Resource;
  readonly envDetector: Detector;
  readonly serviceInstanceIdDetector: Detector;
}

/** The packages that come with sdk-node, and nothing else: what it is made of it finds itself. */
export interface SdkPackages {
  readonly api: typeof OpenTelemetry;
  readonly node: typeof SdkNode;
  readonly core: Core;
  readonly resources: Resources;
  /** Loads a package that sdk-node depends on. */
  load(name: string): unknown;
  /** Loads a package that one of those depends on. */
  loadBelow(parent: string, name: string): unknown;
}

/**
 * The `require` that finds a package: the program's, because a process should have one copy of it; else our own.
 * @throws UsageError if neither finds it
 */
function requireOf(name: string): NodeJS.Require {
  const { argv } = process;
  for (const from of [argv[1] ?? join(process.cwd(), 'noop.js'), import.meta.url]) {
    const require = createRequire(from);
    try {
      require.resolve(name);
      return require;
    } catch {
      // not installed there
    }
  }
  throw new UsageError(`${name} is needed and not installed: npm install @opentelemetry/api @opentelemetry/sdk-node`);
}

/** The API that the program uses. Throws UsageError where there is none. */
export function loadApi(): typeof OpenTelemetry {
  return requireOf(apiName)(apiName) as typeof OpenTelemetry;
}

/**
 * The SDK and its parts.
 * @throws UsageError if it is not installed, or is none that can stand beside the API of the program
 */
export function loadSdk(): SdkPackages {
  const require = requireOf(sdkName);
  const load = createRequire(require.resolve(sdkName));
  const resources = load('@opentelemetry/resources') as Resources;
  if (typeof resources.resourceFromAttributes !== 'function') {
    throw new UsageError(`${sdkName} 0.200 or newer is needed: npm install ${sdkName}`);
  }
  const [theirs, ours] = [versionOf(requireOf(apiName)), versionOf(load)];
  if (theirs !== ours) {
    // An API accepts no registration beside that of another version: the program's own SDK could not start.
    throw new UsageError(
      `the program has ${apiName} ${theirs}, and the SDK that was found needs ${ours}: npm install ${sdkName} beside it`,
    );
  }
  return {
    api: load(apiName),
    // A quarter of a second, which who only needs parts of it does not pay.
    get node() {
      return load(sdkName) as typeof SdkNode;
    },
    core: load('@opentelemetry/core'),
    resources,
    load,
    loadBelow: (parent, name) => createRequire(load.resolve(parent))(name) as unknown,
  };
}

function versionOf(require: NodeJS.Require): string {
  const file = findPackageJSON(apiName, require.resolve(apiName));
  return file === undefined ? 'unknown' : (require(file) as { readonly version: string }).version;
}
