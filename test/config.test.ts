import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { readConfig, runEnvironment } from '../src/config.ts';

test('a variable that is empty is none', () => {
  const names = ['FORMAT', 'OUTPUT', 'DEBUG', 'OTLP', 'RUN_DIRECTORY'].map((name) => [`LOOPSCOPE_${name}`, '']);
  expect(readConfig(Object.fromEntries(names))).toEqual(readConfig({}));
});

test('a file to write to stays the same when the program goes to another folder', () => {
  expect(readConfig({ LOOPSCOPE_OUTPUT: 'reports.txt' }).output).toBe(resolve('reports.txt'));
});

test('an endpoint that is no URL is a matter of the export alone', () => {
  expect(readConfig({ LOOPSCOPE_OTLP: 'collector:4317' }).telemetry?.otlp).toBe('collector:4317');
});

test('under a supervisor the format is its own', () => {
  expect(readConfig({ LOOPSCOPE_RUN_DIRECTORY: '/run', LOOPSCOPE_FORMAT: 'xml' }).format).toBe('text');
  expect(() => readConfig({ LOOPSCOPE_FORMAT: 'xml' })).toThrow('LOOPSCOPE_FORMAT must be text or json, not "xml"');
});

test.each([
  ['/a/preload.cjs', '--require=/a/preload.cjs --no-warnings'],
  ['/a b/"c"/preload.cjs', String.raw`--require="/a b/\"c\"/preload.cjs" --no-warnings`],
])('the hook in %s comes before the options that are there', (preload, expected) => {
  const settings = {
    runDirectory: '/run',
    preload,
    debug: false,
    otlp: null,
    prometheus: false,
    traceFile: null,
    profile: null,
    disable: null,
    loop: true,
    watchdog: true,
    blockThresholdMs: null,
    stuckAfterMs: null,
    stuckExit: false,
    timeoutMs: null,
  };
  expect(runEnvironment(settings, { NODE_OPTIONS: '--no-warnings' })['NODE_OPTIONS']).toBe(expected);
});

test('metrics are served where a port or an address says, and left to a supervisor that is there', () => {
  const prometheusOf = (address: string, more = {}): unknown =>
    readConfig({ LOOPSCOPE_PROMETHEUS: address, ...more }).telemetry?.prometheus;
  expect(prometheusOf('9464')).toEqual({ host: '127.0.0.1', port: 9464 });
  expect(prometheusOf('0.0.0.0:0')).toEqual({ host: '0.0.0.0', port: 0 });
  expect(prometheusOf('[::1]:9464')).toEqual({ host: '::1', port: 9464 });
  expect(prometheusOf('supervisor', { LOOPSCOPE_RUN_DIRECTORY: '/run' })).toBe('supervisor');
  expect(prometheusOf('supervisor')).toBe(undefined);
  for (const wrong of ['metrics', '70000', '::1:9464', 'http://127.0.0.1:9464', '-1']) {
    expect(() => prometheusOf(wrong)).toThrow('LOOPSCOPE_PROMETHEUS must be a port or an address such as 0.0.0.0:9464');
  }
});

test('metrics and log records go where spans go, unless their own variable says otherwise', () => {
  const of = (more: Record<string, string>): unknown => {
    const { otlpMetrics, otlpLogs, metrics, logs } =
      readConfig({ LOOPSCOPE_OTLP: 'http://c:4318', ...more }).telemetry ?? {};
    return { otlpMetrics, otlpLogs, metrics, logs };
  };
  expect(of({})).toEqual({ otlpMetrics: true, otlpLogs: true, metrics: false, logs: false });
  expect(of({ OTEL_METRICS_EXPORTER: 'none' })).toEqual({
    otlpMetrics: false,
    otlpLogs: true,
    metrics: false,
    logs: false,
  });
  expect(of({ OTEL_LOGS_EXPORTER: 'console' })).toEqual({
    otlpMetrics: true,
    otlpLogs: false,
    metrics: false,
    logs: true,
  });
  expect(readConfig({ LOOPSCOPE_TRACE_FILE: 'spans' }).telemetry).toMatchObject({
    otlpMetrics: false,
    otlpLogs: false,
  });
});

test('libraries are disabled by their names', () => {
  expect(readConfig({ LOOPSCOPE_DISABLE: 'p-queue, pg,,' }).disable).toEqual(['p-queue', 'pg']);
  expect(readConfig({}).disable).toEqual([]);
});
