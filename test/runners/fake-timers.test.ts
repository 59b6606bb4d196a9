// Tests that fake the timers: what hangs at a fake timer is told so at the real timeout, and ages are real.
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runTexts } from '../support/runner-suites.ts';
import { jest, jestModules, mocha, nodeTest } from '../support/runners.ts';

const sinon = fileURLToPath(import.meta.resolve('@sinonjs/fake-timers'));
const hangs = 'async () => { await new Promise((resolve) => setTimeout(resolve, 1000)); }';

const ofJest = `describe('modern', () => {
  beforeEach(() => jest.useFakeTimers({ now: 0 }));
  afterEach(() => jest.useRealTimers());
  test('hangs', ${hangs}, 300);
});
describe('legacy', () => {
  beforeEach(() => jest.useFakeTimers({ legacyFakeTimers: true }));
  afterEach(() => jest.useRealTimers());
  test('hangs', ${hangs}, 300);
});
`;
const ofMocha = `import { createRequire } from 'node:module';
const timers = createRequire(import.meta.url)('${sinon}');
let clock;
beforeEach(() => { clock = timers.install({ now: new Date('2040-01-01') }); });
afterEach(() => clock.uninstall());
it('hangs', ${hangs}).timeout(300);
`;
const ofNode = `import { after, test } from 'node:test';
const alive = setInterval(() => {}, 1000);
after(() => clearInterval(alive));
test('hangs', { timeout: 300 }, async (t) => {
  t.mock.timers.enable({ now: 0 });
  await (${hangs})();
});
`;

test.concurrent.each([
  { name: 'jest', runner: jest, text: ofJest, hung: ['modern > hangs', 'legacy > hangs'] },
  { name: 'mocha with those of sinon', runner: mocha, text: ofMocha, hung: ['hangs'] },
  { name: 'node:test', runner: nodeTest, text: ofNode, hung: ['hangs'] },
])('a test of $name that waits for a fake timer is reported at its timeout, with the timer', async (each) => {
  const { output } = await runTexts(each.runner, { [`fake${each.runner.ending}`]: each.text });
  const timedOut = [...output.matchAll(/loopscope: (.*) · timed out after 300 ms/g)].map(([, name]) => name);
  const fakes = output.match(/timer, a fake one, until the test advances its clock/g) ?? [];
  const result = { timedOut, fakes: fakes.length };
  expect({ ...result, ...(fakes.length < each.hung.length && { output }) }).toEqual({
    timedOut: each.hung,
    fakes: each.hung.length,
  });
});

test.concurrent('ages are real where jest fakes the clock before anything is loaded, and moves it by days', async () => {
  const text = `import { Lock, createTask } from 'loopscope';
import { jest } from '@jest/globals';
test('hangs', async () => {
  const lock = new Lock({ name: 'stock' });
  await lock.acquire();
  jest.advanceTimersByTime(1e9);
  createTask(() => lock.acquire(), { name: 'booking' });
  jest.setSystemTime(new Date('2040-01-01'));
  await new Promise(() => {});
}, 300);
`;
  const config = JSON.stringify({
    ...(JSON.parse(jestModules.files?.['jest.config.json'] ?? '{}') as object),
    fakeTimers: { enableGlobally: true, now: 0 },
  });
  const { output } = await runTexts(
    { ...jestModules, files: { ...jestModules.files, 'jest.config.json': config } },
    { 'fake.test.ts': text },
    { LOOPSCOPE_FORMAT: 'json' },
  );
  const ages = [...output.matchAll(/"ageMs":\s*([\d.]+)/g)].map(([, age]) => Number(age));
  const wrong = ages.filter((age) => age > 60_000);
  expect({ isSeen: ages.length > 1, wrong, ...(ages.length < 2 && { output }) }).toEqual({ isSeen: true, wrong: [] });
});
