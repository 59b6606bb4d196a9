// Each pitfall of examples/pitfalls gets the warning of its rule, with the line of the mistake, and nothing else; its cure
// gets none.
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Report } from '../src/report/format.ts';
import { loopscope } from './support/cli.ts';

const root = new URL('..', import.meta.url);
const folder = 'examples/pitfalls';

/** By file: its rule, a text of the line which that names, and options of `run`. */
const pitfalls: Readonly<Record<string, readonly [rule: string, line: string, ...options: string[]]>> = {
  'forgotten-await.ts': ['forgotten-task', "createTask(() => save(order), { name: 'save' }); // the mistake"],
  'cpu-on-loop.ts': ['blocked-loop', 'while (performance.now() < end)'],
  'swallowed-cancel.ts': ['ignored-cancel', 'await sleep(20);', '--timeout', '3s', '--rule', 'ignored-cancel=500ms'],
  'blocking-sleep.ts': ['blocking-call', 'Atomics.wait('],
  'unlimited-tasks.ts': ['unbounded-fan-out', '// the mistake'],
  'not-closed.ts': ['unclosed-resource', "server.listen(0, '127.0.0.1');", '--timeout', '3s'],
  'sync-in-async.ts': ['blocking-call', 'execFileSync(...command);'],
  'lost-exception.ts': ['lost-error', '// the mistake'],
  'task-done.ts': ['task-done-missing', 'await orders.join();'],
  'global-loop.ts': ['task-outside-run', '// the mistake'],
};

async function warningsOf(file: string, options: readonly string[], args: readonly string[]): Promise<unknown[]> {
  const words = ['run', '--format', 'json', ...options, '--', `${folder}/${file}`, ...args];
  const { stderr } = await loopscope(words, { env: { LOOPSCOPE_WATCHDOG: 'early' } });
  const reports = stderr.split('\n').flatMap((line) => (line.startsWith('{') ? (JSON.parse(line) as Report) : []));
  const findings = reports.flatMap(({ warnings = [] }) => warnings);
  return findings.map(({ rule, site }) => [rule, site === null ? null : textOf(site.file, site.line)]);
}

function textOf(file: string, line: number): string {
  return readFileSync(file, 'utf8').split('\n')[line - 1] ?? '';
}

test('all pitfalls are tried', () => {
  const files = globSync('*.ts', { cwd: new URL(folder, root).pathname });
  expect(files.toSorted()).toEqual(Object.keys(pitfalls).toSorted());
});

test.each(Object.entries(pitfalls))('%s', async (file, [rule, line, ...options]) => {
  const [mistake, cure] = await Promise.all([warningsOf(file, options, []), warningsOf(file, options, ['--cure'])]);
  expect({ mistake, cure }).toEqual({ mistake: [[rule, expect.stringContaining(line)]], cure: [] });
});
