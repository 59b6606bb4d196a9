// blocking-call: a synchronous call into Node, for which everything else waits.
import type { BlockEntry, SiteEntry } from '../report/format.ts';
import type { BlockingCallEntry } from '../report/history.ts';
import { duration, lineOf } from '../report/phrases.ts';
import { grouped } from './names.ts';
import type { Finding, Rule, RuleContext } from './rule.ts';

/** Whether it is a call that does nothing but wait; what computes for long, such as JSON.parse, is for blocked-loop. */
export function isBlockingCall(native: string): boolean {
  return native.endsWith('Sync') || native === 'Atomics.wait';
}

interface Calls {
  readonly native: string;
  readonly site: SiteEntry | null;
  readonly times: number;
  readonly totalMs: number;
  readonly maxMs: number;
  readonly task: { readonly id: number; readonly name: string } | null;
}

export const blockingCall: Rule = {
  name: 'blocking-call',
  summary: 'a synchronous call for which all else has to wait',
  threshold: { value: 25, unit: 'ms', of: 'one call, or what the calls of a line take in a second on average' },
  meaning:
    'The loop called something that returns only when it is done: reading a file with readFileSync, running a command with ' +
    'execSync, sleeping with Atomics.wait, hashing with pbkdf2Sync. Until then nothing else ' +
    'runs: no other request, timer or promise.',
  quiet:
    'Modules make such calls as they are loaded, and at the start nobody waits. Calls that are shorter than a blocked turn ' +
    'of the loop are only seen where they are asked for: with --rules, in debug mode, or by LOOPSCOPE_BLOCKING_CALLS=1.',
  fix:
    'Use what does not block: fs/promises, execFile, pbkdf2, sleep, streams. What has to be computed belongs into a worker: ' +
    'runInExecutor, or a WorkerPool.',
  wrong: `const text = readFileSync(path, 'utf8');
Atomics.wait(cell, 0, 0, 1000);         // a sleep that stops everything`,
  right: `const text = await readFile(path, 'utf8');
await sleep(1000);`,
  check({ report, threshold }) {
    const { history, loop } = report;
    const calls = (history?.blockingCalls?.entries ?? []).map(ofCall);
    const seen = new Set(calls.map(keyOf));
    const blocks = (loop?.blocks ?? []).flatMap(ofBlock).filter((each) => !seen.has(keyOf(each)));
    const seconds = Math.max(1, (history?.observedMs ?? 0) / 1000);
    const found = [...calls, ...blocks].filter(({ maxMs, totalMs }) => Math.max(maxMs, totalMs / seconds) >= threshold);
    if (found.length > 0 || history?.blockingCalls != null) return found.map((each) => find(each, seconds, report));
    const { thresholdMs = null } = loop ?? {};
    if (thresholdMs === null) return { unknown: 'neither blocks nor synchronous calls were looked for' };
    return thresholdMs <= threshold
      ? []
      : { unknown: `calls of less than ${duration(thresholdMs)} were not looked for` };
  },
};

function ofCall({ native, at, count: times, totalMs, maxMs, task }: BlockingCallEntry): Calls {
  return { native, site: at, times, totalMs, maxMs, task };
}

function ofBlock({ native, stack, count: times, totalMs, maxMs, tasks }: BlockEntry): Calls[] {
  if (native === null || !isBlockingCall(native)) return [];
  return [{ native, site: stack[0] ?? null, times, totalMs, maxMs, task: tasks[0] ?? null }];
}

function keyOf({ native, site }: Calls): string {
  return `${native} ${site?.file}:${site?.line}`;
}

function find(calls: Calls, seconds: number, { process }: RuleContext['report']): Finding {
  const { native, site, times, totalMs, maxMs, task } = calls;
  const where = site === null ? '' : ` at ${lineOf(site, process.directory)}`;
  const perSecond = totalMs / seconds;
  const rate = perSecond > maxMs ? `, which is ${duration(perSecond)} of each second` : '';
  const took =
    times === 1
      ? `kept the loop waiting for ${duration(totalMs)}`
      : `kept the loop waiting ${grouped(times)} times, for ${duration(totalMs)} in all and ${duration(maxMs)} at most${rate}`;
  return {
    message: `${native}${where} ${took}: nothing else could run.`,
    advice: adviceFor(native),
    site,
    task,
    count: times,
    value: Math.round(Math.max(maxMs, perSecond)),
  };
}

function adviceFor(native: string): string {
  if (native === 'Atomics.wait') return 'Use `await sleep(…)`, which lets the others run.';
  if (/^(?:exec|spawn)/.test(native)) return `Use ${native.slice(0, -'Sync'.length)} and await its end.`;
  if (
    /^(?:pbkdf2|scrypt|hkdf|argon2|generate|check|random|gzip|gunzip|deflate|inflate|unzip|brotli|zstd)/.test(native)
  ) {
    return `Use ${native.replace(/Sync$/, '')}, which works in another thread.`;
  }
  return 'Use the same of node:fs/promises, and await it.';
}
