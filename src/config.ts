// Every option, its default and its environment variable. The only reader of process.env.
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
  /** Where spans are sent by OTLP; null for nowhere. `LOOPSCOPE_OTLP` or `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly otlp: string | null;
  /** The folder in which `loopscope run` collects the reports of its processes. `LOOPSCOPE_RUN_DIRECTORY`, set by `run`. */
  readonly runDirectory: string | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment asks for. Throws UsageError where a variable makes no sense. */
export function readConfig(environment: Environment = process.env): Config {
  return {
    format: parseFormat(environment['LOOPSCOPE_FORMAT'] ?? 'text', 'LOOPSCOPE_FORMAT'),
    output: environment['LOOPSCOPE_OUTPUT'] ?? null,
    debug: !['', '0', 'false'].includes(environment['LOOPSCOPE_DEBUG'] ?? ''),
    otlp: otlpEndpoint(environment),
    runDirectory: environment['LOOPSCOPE_RUN_DIRECTORY'] ?? null,
  };
}

/** What `loopscope run` sets for the processes that it runs. */
export interface RunSettings {
  readonly runDirectory: string;
  readonly registerUrl: string;
  readonly debug: boolean;
  readonly otlp: string | null;
}

/** The environment of a program under `loopscope run`: this process's own, and the hook in NODE_OPTIONS. */
export function runEnvironment(
  { runDirectory, registerUrl, debug, otlp }: RunSettings,
  environment: Environment = process.env,
): Record<string, string | undefined> {
  const options = environment['NODE_OPTIONS'];
  return {
    ...environment,
    NODE_OPTIONS: `--import=${registerUrl}${options === undefined || options === '' ? '' : ` ${options}`}`,
    LOOPSCOPE_RUN_DIRECTORY: runDirectory,
    ...(debug ? { LOOPSCOPE_DEBUG: '1' } : {}),
    ...(otlp === null ? {} : { LOOPSCOPE_OTLP: otlp }),
  };
}

/** The folders in which commands are looked up. */
export function commandPath(environment: Environment = process.env): string {
  return environment['PATH'] ?? '';
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

export function parseUrl(text: string, option: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new UsageError(`${option} must be a URL such as http://localhost:4318, not ${JSON.stringify(text)}`);
}

/** Our own variable wins over OpenTelemetry's. An empty one is none, as OpenTelemetry has it. */
function otlpEndpoint(environment: Environment): string | null {
  for (const name of ['LOOPSCOPE_OTLP', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']) {
    const text = environment[name];
    if (text !== undefined && text !== '') return parseUrl(text, name);
  }
  return null;
}
