// Programs with an OpenTelemetry SDK of their own, or none: on two lines of OpenTelemetry, as modules and in CommonJS.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { metrics, trace } from '@opentelemetry/api';
import { registerInstrumentations, type Instrumentation } from '@opentelemetry/instrumentation';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createTask } from '../../src/index.ts';
import { LoopscopeInstrumentation } from '../../src/instrumentation.ts';
import { spansIn } from '../support/otlp-json.ts';

// On a machine that is busy the loop may be blocked, which would be a span more.
vi.stubEnv('LOOPSCOPE_WATCHDOG', '0');

const root = join(import.meta.dirname, '../..');
const register = join(root, 'dist/src/register.js');
const gotOwn = 'loopscope: the program has its own OpenTelemetry SDK: spans go where that one sends them\n';
const startedOwn = 'loopscope: the program has started its own OpenTelemetry SDK: spans go where that one sends them\n';

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'loopscope-sdk-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(['test/programs/sdk-3.mjs', 'test/programs/sdk-3.cjs', 'test/otel-2/sdk.mjs', 'test/otel-2/sdk.cjs'])(
  '%s',
  (program) => {
    async function run(mode: string, flags: readonly string[], file: string | null): Promise<object> {
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [...flags, join(root, program), mode], {
        timeout: 60_000,
        env: { ...process.env, NODE_OPTIONS: '', ...(file !== null && { LOOPSCOPE_TRACE_FILE: file }) },
      });
      const written = file !== null && existsSync(file) ? spansIn(readFileSync(file, 'utf8')) : [];
      return { got: JSON.parse(stdout) as unknown, stderr, written };
    }

    test('without one, all spans of the process are ours to export', async () => {
      expect(await run('none', ['--import', register], join(folder, `none-${program.replaceAll('/', '-')}`))).toEqual({
        got: [],
        stderr: '',
        written: ['query alone in run alone', 'run alone'],
      });
    });

    test('one that was started before loopscope gets our spans, and there is no second one', async () => {
      expect(await run('first', [], join(folder, `first-${program.replaceAll('/', '-')}`))).toEqual({
        got: ['query only in run only', 'run only'],
        stderr: gotOwn,
        written: [],
      });
    });

    test('one that is started later gets the spans from then on, and none are lost or sent twice', async () => {
      expect(await run('later', ['--import', register], join(folder, `later-${program.replaceAll('/', '-')}`))).toEqual(
        {
          got: ['query after in run after', 'run after'],
          stderr: startedOwn,
          written: ['query before in run before', 'run before'],
        },
      );
    });

    test('one that has the instrumentation gets our spans, and those of libraries, while that is enabled', async () => {
      const job = 'p-queue sdk-of-program.cjs:43';
      const ofLibrary = [`put ${job}`, `get ${job} in run ${job}`, `process ${job} in run ${job}`, `run ${job}`];
      expect(await run('instrumentation', [], null)).toEqual({
        got: ['query on in run on', 'run on', ...ofLibrary, 'query off', 'query again in run again', 'run again'],
        stderr: '',
        written: [],
      });
    });
  },
);

test('the instrumentation takes the providers that it is given, and leaves nothing behind', async () => {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const instrumentation: Instrumentation = new LoopscopeInstrumentation({ enabled: false });
  expect({ ...instrumentation.getConfig(), name: instrumentation.instrumentationName }).toEqual({
    enabled: false,
    name: 'loopscope',
  });
  await createTask(() => {}, { name: 'before' });
  const unregister = registerInstrumentations({ instrumentations: [instrumentation], tracerProvider: provider });
  await createTask(() => {}, { name: 'during' });
  unregister();
  await createTask(() => {}, { name: 'after' });
  const [span, ...more] = exporter.getFinishedSpans();
  expect({ name: span?.name, scope: span?.instrumentationScope, more }).toEqual({
    name: 'run during',
    scope: { name: 'loopscope', version: instrumentation.instrumentationVersion },
    more: [],
  });
  expect([trace.getTracerProvider().constructor.name, metrics.getMeterProvider().constructor.name]).toEqual([
    'ProxyTracerProvider',
    'NoopMeterProvider',
  ]);
});
