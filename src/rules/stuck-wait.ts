// stuck-wait: something waits for what nobody can settle any more.
import { count } from '../report/phrases.ts';
import { isUnsettled } from '../report/worth.ts';
import type { AwaitReport, Leaf } from '../report/awaits.ts';
import type { TaskEntry, WaitEntry } from '../report/format.ts';
import { promisesOf } from '../report/promises-of.ts';
import { findDeadWaits } from './dead-promise.ts';
import { nameOf, resourceName, short } from './names.ts';
import type { Finding, Rule, RuleContext } from './rule.ts';

export const stuckWait: Rule = {
  name: 'stuck-wait',
  summary: 'something waits for what nobody can settle any more',
  threshold: null,
  meaning:
    'A function awaits a promise whose resolver nobody has any more, as the memory of the process proves; or the loop ' +
    'ran empty while a task or the main module was waiting, so that no timer, socket or callback is left that could end its wait. It ' +
    'never goes on, and nor does whoever awaits it.',
  quiet:
    'Somebody could settle it. A main function that waits for ever on purpose is quiet, for nobody awaits it; so are, ' +
    'when the loop runs empty, requests whose client has gone, workers that wait for the next item of a queue, and tasks that wait for an event and ' +
    'are awaited by nobody.',
  fix:
    'Find the path on which the promise is neither resolved nor rejected: an early return, an error handler that is ' +
    'missing, an emitter that closes without the event. Settle it there, or give the wait a timeout.',
  wrong: `await new Promise((resolve) => socket.once('drain', resolve));`,
  right: `await once(socket, 'drain', { signal: AbortSignal.timeout(5000) });`,
  check(context) {
    const { report } = context;
    const isDrained = report.process.isDrained === true;
    if (report.awaits === null && !isDrained) return { unknown: 'nobody read what functions wait for' };
    return [...deadWaits(context), ...(isDrained ? drainedWaits(context) : [])];
  },
};

function deadWaits({ report, taskOf }: RuleContext): Finding[] {
  if (report.awaits === null) return [];
  const isEnd = isUnsettled(report.process);
  const requests = report.tasks.filter(({ request }) => request?.isGone === false).map(({ id }) => id);
  const bySite = Map.groupBy(
    findDeadWaits(report.awaits, {
      requests: new Set(requests),
      isUnsettled: isEnd,
      isOver: isEnd && report.tasks.length === 0, // else it is tasks that have not ended
    }),
    ({ name, at }) => `${name} ${at?.file}:${at?.line}`,
  );
  return [...bySite.values()].map((all): Finding => {
    const [first] = all;
    const anonymous = first?.kind === 'module' ? 'The main module' : 'An anonymous function';
    const name = first?.name === undefined || first.name === '' ? anonymous : short(first.name);
    const task = first?.task == null ? undefined : taskOf(first.task.id);
    const times = all.length === 1 ? '' : `, ${all.length} times over`;
    const leaf = first === undefined || report.awaits === null ? null : leafBelow(first.awaits, report.awaits);
    const isLost = leaf === null || leaf.verdict === 'none';
    return {
      message: isLost
        ? `${name} awaits a promise that nobody can settle: nothing in memory leads to its resolver${times}.`
        : `${name} awaits ${leafWords(leaf)}, but the loop ran empty: nothing is left that could end this wait${times}.`,
      advice: 'Find the path on which it is neither resolved nor rejected, or give the wait a timeout.',
      site: first?.at ?? null,
      task: task === undefined || task.id === 0 ? null : task,
      count: all.length,
    };
  });
}

/** The first thing from outside that a promise waits for. */
function leafBelow(promise: number, { promises }: AwaitReport): Leaf | null {
  const reached = new Set([promise]);
  for (const id of reached) {
    for (const source of promises[id]?.settledBy ?? []) {
      if (source.type === 'leaf') return source;
      for (const input of promisesOf(source)) reached.add(input);
    }
  }
  return null;
}

function leafWords({ kind, detail }: Leaf): string {
  if (kind === 'other' || kind === 'unknown') return 'a promise';
  return detail === '' ? `a promise of a ${kind}` : short(detail);
}

interface Wait {
  readonly task: TaskEntry;
  /** Undefined for what is not of loopscope. */
  readonly wait: WaitEntry | undefined;
}

function drainedWaits(context: RuleContext): Finding[] {
  const { tasks, cycles } = context.report;
  const awaited = new Set(tasks.flatMap(({ waits }) => waits.flatMap(({ on }) => (on?.type === 'task' ? on.id : []))));
  const parents = new Set(tasks.map(({ createdBy }) => createdBy?.id));
  const circular = new Set(cycles.flatMap(({ steps }) => steps.map(({ task }) => task)));
  const stuck = tasks
    .filter(({ id, request }) => !circular.has(id) && request?.isGone !== true)
    .flatMap((task): Wait[] => {
      if (task.id === 0) return task.waits.map((wait) => ({ task, wait }));
      const wait = task.waits.at(-1);
      if (wait === undefined && (parents.has(task.id) || task.kind === 'group' || task.kind === 'retry')) return [];
      return [{ task, wait }];
    })
    .filter(({ task, wait }) => wait === undefined || isStuck(wait, awaited.has(task.id), context));
  const groups = Map.groupBy(stuck, ({ task, wait }) => {
    const site = wait?.at ?? task.createdAt;
    return JSON.stringify([task.name, wait?.kind, wait?.on?.id, site?.file, site?.line]);
  });
  return [...groups.values()].map((all) => drainedFinding(all as [Wait, ...Wait[]]));
}

/** What others hold or are is their matter, and so is what ends by itself. */
function isStuck({ kind, on, leftMs }: WaitEntry, isAwaited: boolean, { resourceOf }: RuleContext): boolean {
  if (leftMs !== null || on?.type === 'task') return false;
  switch (kind) {
    case 'get':
    case 'join':
    case 'sleep':
    case 'delay':
    case 'run':
    case 'start':
      return false;
    case 'wait':
      return isAwaited;
    case 'acquire':
      return on === null || resourceOf(on.id)?.holders.length === 0;
    default:
      return true;
  }
}

function drainedFinding(all: readonly [Wait, ...Wait[]]): Finding {
  const [{ task, wait }] = all;
  const who = all.length === 1 ? `${nameOf(task)} waits` : `${count(all.length, 'task')} ${short(task.name)} wait`;
  const on = wait?.on == null ? 'a promise' : resourceName(wait.on);
  return {
    message: `${who} for ${on}, but the loop ran empty: nothing is left that could end this wait.`,
    advice: 'Find the path on which it is neither resolved nor rejected, or cancel what is no longer needed.',
    site: wait?.at ?? task.createdAt,
    task: task.id === 0 ? null : task,
    resource: wait?.on?.type === 'resource' ? wait.on : null,
    count: all.length,
  };
}
