// The pitfalls as people write them, in TypeScript, ESM and CommonJS, with and without anything of loopscope's: each gets the
// warning of its rule, with a line of the program. (examples/pitfalls has them with their cures.)
import { globSync, readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import type { Report } from '../src/report/format.ts';
import { loopscope, program } from './support/cli.ts';

const mistake = '// the mistake';
const stopped = ['--timeout', '4s'];
const asked = [...stopped, '--rule', 'ignored-cancel=300ms'];

/** By file: its rule, a text of each line which that names, and options of `run`. */
const pitfalls: Readonly<
  Record<string, readonly [rule: string, lines: readonly string[], options?: readonly string[]]>
> = {
  'forgotten-handler.cjs': ['forgotten-task', [mistake]],
  'forgotten-loop.ts': ['forgotten-task', [mistake]],
  'cpu-json.cjs': ['blocked-loop', [mistake]],
  'cpu-regex.mjs': ['blocked-loop', [mistake]],
  'cancel-deaf.ts': ['ignored-cancel', [mistake], asked],
  'cancel-group.mjs': ['ignored-cancel', ['await sleep(30);'], asked],
  'sleep-busy.cjs': ['blocked-loop', [mistake]],
  'sleep-command.ts': ['blocking-call', [mistake]],
  'unlimited-fetch.mjs': ['unbounded-fan-out', [mistake]],
  'unlimited-get.cjs': ['unbounded-fan-out', ['get({ port, path:']],
  'open-interval.cjs': ['unclosed-resource', ['function refresh() {}', mistake], stopped],
  'open-worker.ts': ['unclosed-resource', [mistake], stopped],
  'sync-handler.cjs': ['blocking-call', [mistake], ['--rules']],
  'sync-gzip.mjs': ['blocking-call', [mistake]],
  'lost-listener.mjs': ['lost-error', [mistake]],
  'lost-wait.ts': ['lost-error', ["throw new Error('no mail server');"]],
  'done-continue.ts': ['task-done-missing', ['await orders.join();']],
  'done-thrown.cjs': ['task-done-missing', ['await orders.join();']],
  'global-exit.cjs': ['task-outside-run', [mistake]],
  'global-signal.ts': ['task-outside-run', [mistake]],
};
// A thousand requests begun at once, or a machine that has much else to do, keep the loop for as long as some do on purpose.
const besides = new Set(['blocked-loop', 'starving-microtasks']);

vi.setConfig({ maxConcurrency: 3 }); // most of them wait

test('all are tried', () => {
  expect(globSync('*', { cwd: program('pitfalls') }).toSorted()).toEqual(Object.keys(pitfalls).toSorted());
});

test.concurrent.each(Object.entries(pitfalls))('%s', async (file, [rule, lines, options = []]) => {
  const words = ['run', '--format', 'json', ...options, '--', program(`pitfalls/${file}`)];
  const { stderr } = await loopscope(words, { env: { LOOPSCOPE_WATCHDOG: 'early' } });
  const reports = stderr.split('\n').flatMap((line) => (line.startsWith('{') ? (JSON.parse(line) as Report) : []));
  const warnings = reports.flatMap((report) => report.warnings ?? []);
  const found = warnings
    .filter((each) => each.rule === rule || !besides.has(each.rule))
    .map(({ rule: name, site }) => [name, site === null ? null : textOf(site.file, site.line)]);
  expect(found).toEqual(lines.map((line) => [rule, expect.stringContaining(line)]));
});

function textOf(file: string, line: number): string {
  return readFileSync(file, 'utf8').split('\n')[line - 1] ?? '';
}
