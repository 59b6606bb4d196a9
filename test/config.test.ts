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
    traceFile: null,
    profile: null,
    loop: true,
    watchdog: true,
    blockThresholdMs: null,
    stuckAfterMs: null,
    stuckExit: false,
    timeoutMs: null,
  };
  expect(runEnvironment(settings, { NODE_OPTIONS: '--no-warnings' })['NODE_OPTIONS']).toBe(expected);
});
