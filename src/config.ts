// Every option, its default and its environment variable. The only reader of process.env.
import { delimiter, resolve } from 'node:path';
import { UsageError } from './errors.ts';

export type Format = 'text' | 'json';

/** What `loopscope/register` does in a process. */
export interface Config {
  /** How reports are written. `LOOPSCOPE_FORMAT`, default `text`. */
  readonly format: Format;
  /** The file that reports are appended to; null for stderr. `LOOPSCOPE_OUTPUT`. */
  readonly output: string | null;
  /** Captures all call sites instead of so many a second. `LOOPSCOPE_DEBUG=1`. */
  readonly debug: boolean;
  /** Notes synchronous calls such as `readFileSync` after the start-up. `LOOPSCOPE_BLOCKING_CALLS=1`; debug mode does, too. */
  readonly blockingCalls: boolean;
  /** Notes where every handle and timer is made, and not only what Node announces. `LOOPSCOPE_HANDLES=1`; debug mode does, too. */
  readonly handles: boolean;
  /**
   * Reports why the process does not end: after so many milliseconds, or as soon as it is idle; null for never.
   * `LOOPSCOPE_WHY`, a time or `idle`, set by `loopscope why`.
   */
  readonly why: number | 'idle' | null;
  /** What is exported with OpenTelemetry, and where to; null for nothing. */
  readonly telemetry: TelemetryConfig | null;
  /** Measures the event loop. `LOOPSCOPE_LOOP=0` does not. */
  readonly loop: boolean;
  /** Finds what blocks the loop, with a thread of its own. `LOOPSCOPE_WATCHDOG=0` does not. */
  readonly watchdog: boolean;
  /** Turns of the loop that take longer are blocks. Milliseconds. `LOOPSCOPE_BLOCK_THRESHOLD`, default 100. */
  readonly blockThresholdMs: number;
  /** After how long a loop that does not return is reported; null for never. Milliseconds. `LOOPSCOPE_STUCK_AFTER`. */
  readonly stuckAfterMs: number | null;
  /** The same in a process of tests where `stuckAfterMs` is null. `LOOPSCOPE_TEST_BLOCKED_AFTER`, default 10 s. */
  readonly testBlockedAfterMs: number;
  /** After how long a test without a timeout is reported. Milliseconds. `LOOPSCOPE_TEST_PENDING_AFTER`, default 60 s. */
  readonly testPendingAfterMs: number;
  /** Holds the pending promises of tests, so that no collection takes away at what they hang. `LOOPSCOPE_TEST_KEEP=0`: not. */
  readonly testKeep: boolean;
  /** When a process is ended whose tests are over; null for never. Milliseconds. `LOOPSCOPE_TEST_EXIT_AFTER`, default 10 s. */
  readonly testExitAfterMs: number | null;
  /** Ends the process then. `LOOPSCOPE_STUCK_EXIT=1`. */
  readonly stuckExit: boolean;
  /** Starts the watchdog before the program: it may never come to a turn of the loop. `LOOPSCOPE_WATCHDOG=early`. */
  readonly earlyWatchdog: boolean;
  /** Where CPU profiles are written: a file ending in `.cpuprofile`, or a folder; null for nowhere. `LOOPSCOPE_PROFILE`. */
  readonly profile: string | null;
  /** Records the run for a diagnosis; `deep` with promises. `LOOPSCOPE_RECORD`, set by `doctor`. */
  readonly record: 'plain' | 'deep' | null;
  /** Names of libraries that are not made visible, or `all`. `LOOPSCOPE_DISABLE`, separated by commas. */
  readonly disable: readonly string[];
  /** The folder in which `loopscope run` collects the reports of its processes. `LOOPSCOPE_RUN_DIRECTORY`, set by `run`. */
  readonly runDirectory: string | null;
}

/** What is exported with OpenTelemetry. What else its variables say, the SDK reads itself. */
export interface TelemetryConfig {
  /** Whether there are spans at all. */
  readonly hasSpans: boolean;
  /** The collector. `LOOPSCOPE_OTLP`; null for that of the variables of OpenTelemetry, left out for none. */
  readonly otlp?: string | null;
  /** Writes spans to stdout. `OTEL_TRACES_EXPORTER=console`. */
  readonly console: boolean;
  /** A file for spans: `LOOPSCOPE_TRACE_FILE`, of `LOOPSCOPE_TRACE_FILE_SIZE` at most, default `64MB`, and so many of them: `LOOPSCOPE_TRACE_FILES`, default 5. */
  readonly traceFile: { readonly path: string; readonly maxBytes: number; readonly maxFiles: number } | null;
  /** Exports metrics. `OTEL_METRICS_EXPORTER` other than `none`. */
  readonly metrics: boolean;
  /** Exports log records. `OTEL_LOGS_EXPORTER` other than `none`. */
  readonly logs: boolean;
  /** Sends metrics to the collector of the spans, too: `OTEL_METRICS_EXPORTER` does not say otherwise. */
  readonly otlpMetrics: boolean;
  /** The same for log records, and `OTEL_LOGS_EXPORTER`. */
  readonly otlpLogs: boolean;
  /**
   * Where Prometheus reads metrics: an address that this process listens at, `LOOPSCOPE_PROMETHEUS`; `supervisor` for a
   * socket in the run directory, from which the supervisor reads them; null for nowhere.
   */
  readonly prometheus: Address | 'supervisor' | null;
  /** After how long a task that is pending gets a log record; null for never. Milliseconds. `LOOPSCOPE_PENDING_AFTER`. */
  readonly pendingAfterMs: number | null;
}

/** Where to listen. */
export interface Address {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
}

// A tenth of a second is where people begin to notice; loading modules and compiling code take half of it every now and then.
const defaultThreshold = '100ms';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment asks for. Throws UsageError where a variable makes no sense. */
export function readConfig(environment: Environment = process.env): Config {
  const read = (name: string): string | null => environment[name] || null; // an empty one is none, as OpenTelemetry has it
  const runDirectory = read('LOOPSCOPE_RUN_DIRECTORY');
  const output = read('LOOPSCOPE_OUTPUT');
  const profile = read('LOOPSCOPE_PROFILE');
  return {
    // under `loopscope run` reports are drawn by the supervisor, as its command line says
    format: parseFormat((runDirectory === null ? read('LOOPSCOPE_FORMAT') : null) ?? 'text', 'LOOPSCOPE_FORMAT'),
    output: output === null ? null : resolve(output), // the program may go to another folder
    debug: isDebugAsked(environment),
    blockingCalls: isOn(read('LOOPSCOPE_BLOCKING_CALLS')) || isDebugAsked(environment),
    handles: isOn(read('LOOPSCOPE_HANDLES')) || isDebugAsked(environment),
    why: readWhy(read('LOOPSCOPE_WHY')),
    telemetry: readTelemetry(read, runDirectory !== null),
    loop: !isOff(read('LOOPSCOPE_LOOP')),
    watchdog: !isOff(read('LOOPSCOPE_WATCHDOG')),
    blockThresholdMs: parseDuration(read('LOOPSCOPE_BLOCK_THRESHOLD') ?? defaultThreshold, 'LOOPSCOPE_BLOCK_THRESHOLD'),
    ...readStuck(read),
    ...readTests(read),
    profile: profile === null ? null : resolve(profile),
    record: runDirectory === null ? null : recordMode(read('LOOPSCOPE_RECORD')),
    disable: parseNames(read('LOOPSCOPE_DISABLE') ?? ''),
    runDirectory,
  };
}

function recordMode(text: string | null): Config['record'] {
  return text === 'plain' || text === 'deep' ? text : null;
}

/** Whether the environment asks for debug mode, also of a program that imports loopscope without the hook. */
export function isDebugAsked(environment: Environment = process.env): boolean {
  const debug = environment['LOOPSCOPE_DEBUG'];
  return debug !== undefined && debug !== '' && !isOff(debug);
}

function readWhy(text: string | null): Config['why'] {
  return text === null || text === 'idle' ? text : parseDuration(text, 'LOOPSCOPE_WHY');
}

function readStuck(
  read: (name: string) => string | null,
): Pick<Config, 'stuckAfterMs' | 'stuckExit' | 'earlyWatchdog'> {
  const after = read('LOOPSCOPE_STUCK_AFTER');
  return {
    stuckAfterMs: after === null ? null : parseDuration(after, 'LOOPSCOPE_STUCK_AFTER'),
    stuckExit: read('LOOPSCOPE_STUCK_EXIT') !== null && !isOff(read('LOOPSCOPE_STUCK_EXIT')),
    earlyWatchdog: after !== null || read('LOOPSCOPE_WATCHDOG') === 'early',
  };
}

function readTests(
  read: (name: string) => string | null,
): Pick<Config, 'testBlockedAfterMs' | 'testPendingAfterMs' | 'testExitAfterMs' | 'testKeep'> {
  const time = (name: string, standard: string): number => parseDuration(read(name) ?? standard, name);
  const exitAfter = 'LOOPSCOPE_TEST_EXIT_AFTER';
  return {
    testBlockedAfterMs: time('LOOPSCOPE_TEST_BLOCKED_AFTER', '10s'),
    testPendingAfterMs: time('LOOPSCOPE_TEST_PENDING_AFTER', '60s'),
    testKeep: !isOff(read('LOOPSCOPE_TEST_KEEP')),
    testExitAfterMs: isOff(read(exitAfter)) ? null : time(exitAfter, '10s'),
  };
}

function readTelemetry(read: (name: string) => string | null, hasSupervisor: boolean): TelemetryConfig | null {
  if (read('OTEL_SDK_DISABLED')?.trim().toLowerCase() === 'true') return null;
  const listOf = (name: string): string[] | null =>
    read(name)
      ?.split(',')
      .map((word) => word.trim())
      .filter((word) => word !== '') ?? null;
  const isWanted = (name: string): boolean => listOf(name)?.some((word) => word !== 'none') ?? false;
  const otlp = read('LOOPSCOPE_OTLP');
  const path = read('LOOPSCOPE_TRACE_FILE');
  const hasEndpoint = read('OTEL_EXPORTER_OTLP_ENDPOINT') ?? read('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT');
  const exporters = listOf('OTEL_TRACES_EXPORTER') ?? (hasEndpoint === null ? [] : ['otlp']);
  const isNone = exporters.includes('none'); // other names are for an SDK of the program's own
  const sends = (name: string): boolean => !isNone && exporters.includes(name);
  const hasOtlp = otlp !== null || sends('otlp');
  const pendingAfter = read('LOOPSCOPE_PENDING_AFTER');
  const telemetry: TelemetryConfig = {
    ...(otlp !== null ? { otlp } : sends('otlp') && { otlp: null }),
    console: sends('console'),
    traceFile: path === null ? null : { path: resolve(path), ...readLimits(read) },
    metrics: isWanted('OTEL_METRICS_EXPORTER'),
    logs: isWanted('OTEL_LOGS_EXPORTER'),
    hasSpans: otlp !== null || path !== null || sends('otlp') || sends('console'),
    otlpMetrics: hasOtlp && read('OTEL_METRICS_EXPORTER') === null,
    otlpLogs: hasOtlp && read('OTEL_LOGS_EXPORTER') === null,
    prometheus: readPrometheus(read, hasSupervisor),
    pendingAfterMs: pendingAfter === null ? null : parseDuration(pendingAfter, 'LOOPSCOPE_PENDING_AFTER'),
  };
  const { hasSpans, metrics, logs, prometheus } = telemetry;
  return hasSpans || metrics || logs || prometheus !== null ? telemetry : null;
}

// What the supervisor sets: the processes that it runs leave their metrics to it.
const bySupervisor = 'supervisor';

function readPrometheus(read: (name: string) => string | null, hasSupervisor: boolean): TelemetryConfig['prometheus'] {
  const text = read('LOOPSCOPE_PROMETHEUS');
  if (text === null) return null;
  // A process that the supervisor's has outlived, or that has its environment, has nobody who reads.
  if (text === bySupervisor) return hasSupervisor ? bySupervisor : null;
  return parseAddress(text, 'LOOPSCOPE_PROMETHEUS');
}

/** What the environment says about rules, `LOOPSCOPE_RULES`: settings such as `long-hold=2m`, with commas between them. */
export function ruleVariable(environment: Environment = process.env): string | null {
  return environment['LOOPSCOPE_RULES'] || null;
}

/**
 * Whether a report says what every rule answers, and is given at the end in any case. `LOOPSCOPE_RULE_ANSWERS=1`, set by
 * `run --rules`.
 */
export function areAnswersAsked(environment: Environment = process.env): boolean {
  return isOn(environment['LOOPSCOPE_RULE_ANSWERS'] || null);
}

/** Where the environment wants `loopscope run` to serve metrics; null for nowhere. */
export function prometheusOfRun(environment: Environment = process.env): Address | null {
  const prometheus = readPrometheus((name) => environment[name] || null, false);
  return prometheus === bySupervisor ? null : prometheus;
}

function readLimits(read: (name: string) => string | null): { maxBytes: number; maxFiles: number } {
  const maxFiles = Number(read('LOOPSCOPE_TRACE_FILES') ?? 5);
  if (!Number.isInteger(maxFiles) || maxFiles < 1 || maxFiles > 1000) {
    throw new UsageError(`LOOPSCOPE_TRACE_FILES must be a number from 1 to 1000, not ${read('LOOPSCOPE_TRACE_FILES')}`);
  }
  return { maxFiles, maxBytes: parseSize(read('LOOPSCOPE_TRACE_FILE_SIZE') ?? '64MB', 'LOOPSCOPE_TRACE_FILE_SIZE') };
}

function isOn(value: string | null): boolean {
  return value !== null && !isOff(value);
}

function isOff(value: string | null): boolean {
  return value === '0' || value === 'false';
}

/** What `loopscope run` sets for the processes that it runs. */
export interface RunSettings {
  readonly runDirectory: string;
  /** Whether the supervisor serves the metrics of its processes. */
  readonly prometheus: boolean;
  /** The path of the module that Node is to require first. */
  readonly preload: string;
  readonly debug: boolean;
  readonly handles?: boolean;
  /** Whether reports say what every rule answers. */
  readonly answers?: boolean;
  /** When a process is to report why it does not end; left out for never. */
  readonly why?: number | 'idle' | null;
  readonly otlp: string | null;
  /** An absolute path; null for what the environment says. */
  readonly traceFile: string | null;
  readonly loop: boolean;
  readonly watchdog: boolean;
  /** An absolute path; null for what the environment says. */
  readonly profile: string | null;
  /** Null for what the environment says. */
  readonly blockThresholdMs: number | null;
  readonly stuckAfterMs: number | null;
  readonly stuckExit: boolean;
  /** Null for what the environment says. */
  readonly disable: string | null;
  /** The program is ended after this, whatever it does; null for never. */
  readonly timeoutMs: number | null;
  /** Whether the run is recorded, and promises too; null for no recording. */
  readonly record?: 'plain' | 'deep' | null;
}

/** The environment of a program under `loopscope run`: this process's own, and the hook in NODE_OPTIONS. */
export function runEnvironment(
  settings: RunSettings,
  environment: Environment = process.env,
): Record<string, string | undefined> {
  const { runDirectory, preload, debug, otlp, profile, loop, watchdog, blockThresholdMs, stuckAfterMs, stuckExit } =
    settings;
  const options = environment['NODE_OPTIONS'];
  const path = /[\s"\\]/.test(preload) ? `"${preload.replaceAll(/["\\]/g, String.raw`\$&`)}"` : preload;
  return {
    ...environment,
    NODE_OPTIONS: `--require=${path}${options === undefined || options === '' ? '' : ` ${options}`}`,
    LOOPSCOPE_RUN_DIRECTORY: runDirectory,
    ...(debug ? { LOOPSCOPE_DEBUG: '1' } : {}),
    ...(settings.handles === true ? { LOOPSCOPE_HANDLES: '1' } : {}),
    ...(settings.answers === true ? { LOOPSCOPE_RULE_ANSWERS: '1', LOOPSCOPE_BLOCKING_CALLS: '1' } : {}),
    ...(settings.why === undefined || settings.why === null
      ? {}
      : { LOOPSCOPE_WHY: settings.why === 'idle' ? 'idle' : `${settings.why}ms` }),
    ...(otlp === null ? {} : { LOOPSCOPE_OTLP: otlp }),
    ...(settings.traceFile === null ? {} : { LOOPSCOPE_TRACE_FILE: settings.traceFile }),
    ...(profile === null ? {} : { LOOPSCOPE_PROFILE: profile }),
    ...(loop ? {} : { LOOPSCOPE_LOOP: '0' }),
    ...(watchdog ? {} : { LOOPSCOPE_WATCHDOG: '0' }),
    ...(watchdog && settings.timeoutMs !== null ? { LOOPSCOPE_WATCHDOG: 'early' } : {}),
    ...(blockThresholdMs === null ? {} : { LOOPSCOPE_BLOCK_THRESHOLD: `${blockThresholdMs}ms` }),
    ...(stuckAfterMs === null ? {} : { LOOPSCOPE_STUCK_AFTER: `${stuckAfterMs}ms` }),
    ...(stuckExit ? { LOOPSCOPE_STUCK_EXIT: '1' } : {}),
    ...(settings.disable === null ? {} : { LOOPSCOPE_DISABLE: settings.disable }),
    ...(settings.record == null
      ? {}
      : {
          LOOPSCOPE_RECORD: settings.record,
          LOOPSCOPE_WATCHDOG: 'early',
          LOOPSCOPE_BLOCKING_CALLS: '1',
        }),
    ...(settings.prometheus ? { LOOPSCOPE_PROMETHEUS: bySupervisor } : {}),
  };
}

/** The environment of a command that makes load: with the port, and with what is installed beside the program in its path. */
export function loadEnvironment(
  port: number,
  directory: string,
  environment: Environment = process.env,
): Record<string, string | undefined> {
  const path = [resolve(directory, 'node_modules/.bin'), commandPath(environment)].join(delimiter);
  return { ...environment, PATH: path, PORT: String(port) };
}

/** The folders in which commands are looked up. */
export function commandPath(environment: Environment = process.env): string {
  return environment['PATH'] ?? '';
}

/** Names, separated by commas. */
function parseNames(text: string): string[] {
  return text.split(',').flatMap((name) => name.trim() || []);
}

export function parseFormat(text: string, option: string): Format {
  if (text === 'text' || text === 'json') return text;
  throw new UsageError(`${option} must be text or json, not ${JSON.stringify(text)}`);
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of `500ms`, `30s`, `2m`, `1.5h`; a number alone is seconds. */
export function parseDuration(text: string, option: string): number {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  const milliseconds = Number(number) * (units[unit] ?? Number.NaN);
  if (milliseconds > 0 && milliseconds < 2 ** 31) return milliseconds;
  throw new UsageError(
    `${option} must be a time such as 500ms, 30s, 2m or 1.5h (at most 24 days), not ${JSON.stringify(text)}`,
  );
}

const sizes: Readonly<Record<string, number>> = { kb: 1e3, mb: 1e6, gb: 1e9 };

/** Bytes of `500kB`, `64MB`, `1GB`. */
function parseSize(text: string, option: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?) ?(kb|mb|gb)$/i.exec(text) ?? [];
  const bytes = Number(number) * (sizes[unit.toLowerCase()] ?? Number.NaN);
  if (bytes >= 1000 && bytes <= 1e12) return bytes;
  throw new UsageError(`${option} must be a size such as 500kB, 64MB or 1GB, not ${JSON.stringify(text)}`);
}

/** `9464`, `0.0.0.0:9464`, `[::1]:9464`; a port alone is on 127.0.0.1, and port 0 is any that is free. */
export function parseAddress(text: string, option: string): Address {
  const [, host, plain, port = ''] = /^(?:(?:\[([^\]\s]+)\]|([^:\s]+)):)?(\d{1,5})$/.exec(text) ?? [];
  if (port !== '' && Number(port) < 2 ** 16) return { host: host ?? plain ?? '127.0.0.1', port: Number(port) };
  throw new UsageError(`${option} must be a port or an address such as 0.0.0.0:9464, not ${JSON.stringify(text)}`);
}

export function parseUrl(text: string, option: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new UsageError(`${option} must be a URL such as http://localhost:4318, not ${JSON.stringify(text)}`);
}

/** Where a build runs, as its variables say. */
export interface BuildSettings {
  /** The folder that was checked out. `GITHUB_WORKSPACE`, `CI_PROJECT_DIR`; else the working directory. */
  readonly root: string;
  /** Of GitHub: what is appended to it is shown below the step. `GITHUB_STEP_SUMMARY`; null elsewhere. */
  readonly summaryFile: string | null;
  /** In a job of GitHub (`GITHUB_ACTIONS=true`) a process of tests annotates what it reports. `LOOPSCOPE_GITHUB=0` does not. */
  readonly annotates: boolean;
}

export function readBuild(environment: Environment = process.env): BuildSettings {
  const root = environment['GITHUB_WORKSPACE'] || environment['CI_PROJECT_DIR'] || '.';
  const annotates = environment['GITHUB_ACTIONS'] === 'true' && !isOff(environment['LOOPSCOPE_GITHUB'] ?? null);
  return { root: resolve(root), summaryFile: environment['GITHUB_STEP_SUMMARY'] || null, annotates };
}

/** What the variables of OpenTelemetry say about sending trace files. */
export interface ExportSettings {
  /** Where spans are sent; null where the environment does not say. */
  readonly url: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** For one request. */
  readonly timeoutMs: number;
}

export function readExportSettings(environment: Environment = process.env): ExportSettings {
  const read = (name: string): string | null =>
    environment[`OTEL_EXPORTER_OTLP_TRACES_${name}`] || environment[`OTEL_EXPORTER_OTLP_${name}`] || null;
  const traces = environment['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] || null;
  const all = environment['OTEL_EXPORTER_OTLP_ENDPOINT'] || null;
  const timeoutMs = Number(read('TIMEOUT') ?? 10_000);
  if (!(timeoutMs > 0 && timeoutMs < 2 ** 31)) throw new UsageError('OTEL_EXPORTER_OTLP_TIMEOUT must be milliseconds');
  return {
    url: traces ?? (all === null ? null : `${all.replace(/\/$/, '')}/v1/traces`),
    headers: parseHeaders(read('HEADERS') ?? ''),
    timeoutMs,
  };
}

/** `key=value,key=value`, with values as in URLs. */
function parseHeaders(text: string): Record<string, string> {
  const pairs = text.split(',').filter((pair) => pair.includes('='));
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      const value = pair.slice(at + 1).trim();
      return [pair.slice(0, at).trim(), decode(value)];
    }),
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // it was never encoded
  }
}
