// Runs programs that use libraries and know nothing of loopscope, under the hook: what a report says of them, and whether
// anything is different without it.
import { basename } from 'node:path';
import { expect } from 'vitest';
import type { Report, SiteEntry } from '../../src/report/format.ts';
import { resourceFacts } from '../../src/reporters/resource-facts.ts';
import { program, register, startNode } from './cli.ts';

/** What is pending when the program ends, one line each, with files and lines, and without durations. */
export async function stuckIn(
  file: string,
  env: Record<string, string> = {},
  flags: readonly string[] = ['--import', register],
): Promise<string[]> {
  const words = [...flags, program(`libraries/${file}`)];
  const { stderr, code } = await startNode(words, { env: { LOOPSCOPE_FORMAT: 'json', ...env } }).outcome;
  if (!stderr.startsWith('{')) return [`exit ${code}`, stderr];
  return reportLines(JSON.parse(stderr) as Report);
}

function reportLines({ tasks, resources, notes = [] }: Report): string[] {
  const taskLines = tasks.map(({ kind, name, createdAt, waits, progress }) => {
    const attempt = progress === null ? '' : `, attempt ${progress.attempt} of ${progress.limit}`;
    const error = progress === null || progress.lastError === null ? '' : ` after ${progress.lastError}`;
    const on = waits.map((wait) => {
      const what = wait.operation === undefined ? '' : ` to ${wait.operation}`;
      return `${wait.kind}${wait.on === null ? '' : ` ${wait.on.name}`}${what} at ${place(wait.at)}`;
    });
    return `${kind} ${name} at ${place(createdAt)}${attempt}${error}: ${on.toSorted().join(' and ') || 'pending'}`;
  });
  const resourceLines = resources.map((resource) => {
    const held = resource.holders.map(({ task, at }) => `held by ${task.name} at ${place(at)}`);
    const facts = resourceFacts(resource).map((fact) => fact.replaceAll(/\d+(\.\d+)? (ms|s|m|h)\b/g, '…'));
    return [`${resource.kind} ${resource.name} at ${place(resource.createdAt)}`, ...facts, ...held].join(' · ');
  });
  return [...taskLines, ...resourceLines, ...notes].map((line) => line.replaceAll(/\blocalhost:\d+/g, 'localhost:…'));
}

function place(site: SiteEntry | null): string {
  return site === null ? 'nowhere' : `${basename(site.file)}:${site.line}`;
}

/** What a program prints under the hook and without it, its exit code last: the two are to be equal. */
export async function outputsOf(
  file: string,
  shared: Record<string, string> = {},
): Promise<{ readonly hooked: string[]; readonly bare: string[] }> {
  const isShared = Object.keys(shared).length > 0; // one after the other, that neither is in the way of the other
  let before: Promise<unknown> = Promise.resolve();
  const [hooked = [], bare = []] = await Promise.all(
    [{}, { LOOPSCOPE_DISABLE: 'all' }].map(async (env) => {
      const words = ['--import', register, program(`libraries/${file}`)];
      const begun = before.then(() => startNode(words, { env: { ...shared, ...env } }).outcome);
      if (isShared) before = begun;
      const { stdout, stderr, code } = await begun;
      const [own = ''] = stderr.split('\nloopscope: '); // without the report, which knows less if nothing is hooked
      return [...stdout.split('\n'), own.replaceAll(/\(node:\d+\)/g, ''), String(code)];
    }),
  );
  expect(bare.length).toBeGreaterThan(5);
  return { hooked, bare };
}
