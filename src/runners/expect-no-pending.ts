// An assertion for any runner: nothing is pending. What is has a moment to go away, and is listed if it does not.
import { ArgumentError, PendingError } from '../errors.ts';
import type { Report, SiteEntry, TaskEntry } from '../report/format.ts';
import { currentTask, rootTask } from '../runtime/context.ts';
import { load } from '../runtime/load.ts';
import { isOf, testGlobal, testOf } from './test-run.ts';
import { startRegistry } from '../subscribers/registry.ts';

export interface ExpectOptions {
  /**
   * What may be pending: names of tasks, locks and queues, or files that they were made in; `*` stands for any characters.
   * A regular expression is looked for in either.
   */
  readonly ignore?: string | RegExp | readonly (string | RegExp)[];
  /** How long it may take until nothing is pending. Milliseconds, default 1000. */
  readonly timeout?: number;
  /** How often it is looked again within that, after pauses that double. Default 6; 0 looks once, and does not wait. */
  readonly retries?: number;
}

const mostListed = 20;
const { setTimeout } = globalThis; // before a test fakes it

function pendingError(lines: readonly string[]): PendingError {
  const more = lines.length > mostListed ? [`  … and ${lines.length - mostListed} more`] : [];
  const listed = lines.slice(0, mostListed).map((line) => `  ${line}`);
  const count = `${lines.length} ${lines.length === 1 ? 'thing is' : 'things are'}`;
  return new PendingError([`${count} still pending:`, ...listed, ...more].join('\n'));
}

/**
 * Resolves when nothing is pending, and rejects with a PendingError if something stays. Within a test that is what the
 * test made: tasks that have not settled, and what they hold; elsewhere everything in this thread.
 * @throws ArgumentError if an option makes no sense
 */
export async function expectNoPending({ ignore = [], timeout = 1000, retries = 6 }: ExpectOptions = {}): Promise<void> {
  if (!(timeout >= 0 && timeout < 2 ** 31))
    throw new ArgumentError(`timeout must be milliseconds, not ${String(timeout)}`);
  if (!Number.isInteger(retries) || retries < 0)
    throw new ArgumentError(`retries must be a count, not ${String(retries)}`);
  const patterns = [ignore].flat().map(toPattern);
  const isIgnored = (name: string, site: SiteEntry | null): boolean =>
    patterns.some((pattern) => pattern.test(name) || (site !== null && pattern.test(site.file)));
  // Loaded now: a run in which nobody expects it does not pay for it.
  const { takeUnmapped } = load(
    import.meta.url,
    '../process/take-report',
  ) as typeof import('../process/take-report.ts');
  const { siteMap } = load(import.meta.url, './site-map') as typeof import('./site-map.ts');
  const whole = 2 ** retries - 1;
  for (let attempt = 0; ; attempt++) {
    const report = takeUnmapped('asked', null, siteMap(testGlobal()));
    const lines = pendingLines(report, isIgnored);
    if (lines.length === 0) return;
    if (attempt === retries) throw pendingError(lines);
    const pauseMs = (timeout * 2 ** attempt) / whole;
    await new Promise((resolve) => void setTimeout(resolve, pauseMs));
  }
}

function toPattern(ignored: string | RegExp): RegExp {
  if (typeof ignored !== 'string') return new RegExp(ignored.source, ignored.flags.replace(/[gy]/g, ''));
  const escaped = ignored.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '.*');
  return new RegExp(`(?:^|/)${escaped}$`, 's');
}

function pendingLines(report: Report, isIgnored: (name: string, site: SiteEntry | null) => boolean): string[] {
  const test = testOf(currentTask());
  const known = new Map(
    startRegistry()
      .snapshot()
      .tasks.map((task) => [task.id, task]),
  );
  const caller = currentTask()?.id;
  const isAsked = (id: number): boolean =>
    test === null || isOf(known.get(id) ?? (id === test.record.id ? test.record : null), test);
  const tasks = report.tasks
    .filter(({ id, kind }) => id !== rootTask.id && id !== caller && kind !== 'test' && isAsked(id))
    .filter(({ name, createdAt }) => !isIgnored(name, createdAt))
    .map(taskLine);
  const held = report.resources
    .filter(({ name, createdAt }) => !isIgnored(name, createdAt))
    .flatMap(({ kind, name, holders }) =>
      holders
        .filter(({ task }) => isAsked(task.id))
        .map(({ task, at }) => `${kind} ${name} is held by ${task.name}${placeOf(', taken', at)}`),
    );
  return [...tasks, ...held];
}

function taskLine({ name, id, createdAt, waits }: TaskEntry): string {
  const wait = waits.at(-1);
  const what =
    wait === undefined ? '' : `, waits for ${wait.on === null ? wait.kind : `${wait.on.kind} ${wait.on.name}`}`;
  return `task ${name} #${id}${placeOf(', made', createdAt)}${what}${placeOf('', wait?.at ?? null)}`;
}

function placeOf(word: string, site: SiteEntry | null): string {
  return site === null ? '' : `${word} at ${site.file}:${site.line}:${site.column}`;
}
