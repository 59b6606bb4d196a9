import { pass, startVirtualTime } from '../support/virtual-time.ts';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ArgumentError, retried, retryable } from '../../src/index.ts';
import { expectNoTimersLeft, rejection } from '../support/turn.ts';

beforeEach(startVirtualTime);
afterEach(expectNoTimersLeft);

test('a retryable function keeps its this, its arguments and its name', async () => {
  const account = {
    failures: 1,
    async load(factor: number, unit: string) {
      if (this.failures-- > 0) throw new Error('no');
      return `${factor * 2} ${unit}`;
    },
  };
  const load = retryable(account.load, { delay: 10, jitter: 0 });
  const operation = load.call(account, 21, 'euros');
  await pass(10);
  expect([await operation, operation.origin.kind, operation.name]).toEqual(['42 euros', 'retry', 'load']);
});

test('its options are checked when it is made, once', () => {
  expect(() => retryable(async () => {}, { attempts: 0 })).toThrow(ArgumentError);
  expect(() => retryable('load' as never)).toThrow('the function to retry must be a function, got "load"');
});

test('the decorator wraps a method, under its name', async () => {
  let calls = 0;
  const context = { kind: 'method', name: 'load' } as ClassMethodDecoratorContext<
    undefined,
    (this: undefined) => Promise<string>
  >;
  const load = retried({ attempts: 2, delay: 0 })(async () => {
    if (++calls === 1) throw new Error('no');
    return 'loaded';
  }, context);
  const operation = Reflect.apply(load, undefined, []);
  await pass(1);
  expect([await operation, (operation as unknown as { name: string }).name]).toEqual(['loaded', 'load']);
});

test.each([
  ['class', 'class'],
  ['field', 'field'],
  ['getter', 'getter'],
  [undefined, 'in the manner of experimentalDecorators'],
])('the decorator refuses what is no method: %s', (kind, words) => {
  const decorate = retried() as unknown as (method: () => void, context: unknown) => void;
  expect(() => decorate(() => {}, kind && { kind, name: 'x' })).toThrow(`@retried() decorates methods, not ${words}`);
});

test('the decorator refuses options that make no sense where it stands', () => {
  expect(() => retried({ delay: -1 })(async () => {}, { kind: 'method', name: 'x' } as never)).toThrow(ArgumentError);
});

test('the decorator in a class that tsc has compiled: of the instance, static and private', async () => {
  const source = fileURLToPath(new URL('../programs/retried-class.ts', import.meta.url));
  const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), 'loopscope-retried-'));
  try {
    const options = ['--target', 'es2024', '--module', 'nodenext', '--types', 'node', '--skipLibCheck', '--noCheck'];
    execFileSync(process.execPath, [
      tsc,
      ...options,
      '--ignoreConfig',
      '--rootDir',
      dirname(source),
      '--outDir',
      folder,
      source,
    ]);
    const { Rates } = (await import(
      pathToFileURL(join(folder, 'retried-class.js')).href
    )) as typeof import('../programs/retried-class.ts');
    Rates.retried = retried;
    const { CompiledRates } = Rates.compile();
    const rates = new CompiledRates('EUR');
    const results = [rates.load(2), CompiledRates.latest(), rates.viaPrivate(), rejection(rates.never())];
    await pass(1000);
    expect(await Promise.all(results)).toEqual(['EUR 2', 'latest', 'private EUR', new Error('never')]);
    expect(rates.calls.toSorted()).toEqual(['#secret', '#secret', 'load', 'load', 'never', 'never']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
