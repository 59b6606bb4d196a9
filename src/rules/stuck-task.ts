// stuck-task: a task has waited for so long that nothing may come any more.
import { duration } from '../report/phrases.ts';
import type { Leaf } from '../report/awaits.ts';
import type { TaskEntry } from '../report/format.ts';
import { isEndless } from './idle.ts';
import { nameOf, resourceName, short } from './names.ts';
import { patienceOf } from './patience.ts';
import type { Finding, Rule, RuleContext } from './rule.ts';

// What is there since the start of the program is there to stay.
const startMs = 60_000;
// For what is known not to take long, however idle a program is.
const briefLeaves: ReadonlySet<Leaf['kind']> = new Set(['dns', 'fetch', 'file', 'lock']);
const unnamedLeaves: ReadonlySet<Leaf['kind']> = new Set(['other', 'unknown']);

export const stuckTask: Rule = {
  name: 'stuck-task',
  summary: 'a task waits for longer than what it waits for takes',
  threshold: { value: 600_000, unit: 'ms', of: 'how long it waits' },
  meaning:
    'A task waits for something that answers within minutes or never: the response of a server, a connection, a file, ' +
    'a place in a full queue that nobody empties, a promise that no timer, socket or stream is behind. What it was to ' +
    'do is not done, and whoever waits for the task waits with it.',
  quiet:
    'It waits as servers, workers and loops with a pause do: for the next item, connection, message or event, for a ' +
    'timer, on a socket that may be silent for hours, for a command that blocks on purpose (BLPOP, LISTEN); it waits ' +
    'for another task, or for what somebody holds (that is long-hold); it is there since the first minute of the ' +
    'program and waits for a promise of its own. At a timeout half of the run is enough, and what was there from the start counts.',
  fix:
    'Give it a timeout, and hand its signal to what it awaits, so that it fails with a place instead of waiting. Look ' +
    'for a callback that is not called on some path: an error, a closed connection.',
  wrong: `const rates = await fetch(url);`,
  right: `const rates = await fetch(url, { signal: AbortSignal.timeout(10_000) });
await timeout(30_000, () => importOrders());`,
  check(context) {
    const { report } = context;
    if (report.process.isDrained === true) return []; // nothing at all can come: that is stuck-wait
    const parents = new Set(report.tasks.map(({ createdBy }) => createdBy?.id));
    const stuck = report.tasks.filter(({ id }) => id !== 0 && !parents.has(id)).map((task) => stuckOn(task, context));
    const groups = Map.groupBy(
      stuck.flatMap((each) => each ?? []),
      ({ task, site, on }) => JSON.stringify([task.name, site?.file, site?.line, on]),
    );
    return [...groups.values()].map((all) => findingOf(all));
  },
};

interface Stuck {
  readonly task: TaskEntry;
  readonly forMs: number;
  readonly on: string;
  readonly site: (Finding['site'] & object) | null;
}

function findingOf(all: readonly Stuck[]): Finding {
  const [first, ...others] = all.toSorted((a, b) => b.forMs - a.forMs) as [Stuck, ...Stuck[]];
  const { task, forMs, on, site } = first;
  const who = others.length === 0 ? `${nameOf(task)} waits` : `${all.length} tasks ${short(task.name)} wait`;
  return {
    message: `${who} for ${on}, ${others.length === 0 ? 'for' : 'the first for'} ${duration(forMs)}.`,
    advice: 'Give it a timeout, and look for the path on which what it awaits is never settled.',
    site,
    task,
    count: all.length,
    value: forMs,
  };
}

/** What a task is stuck on; null where it is not, or may wait for good reasons. */
function stuckOn(task: TaskEntry, context: RuleContext): Stuck | null {
  const patience = patienceOf(context.report, context.threshold);
  const wait = task.waits.at(-1);
  if (wait === undefined) {
    const forMs = runningMs(task, context);
    const on = forMs < patience || task.state === 'running' ? null : leafOf(task, context);
    return on === null ? null : { task, forMs, on, site: task.parked?.at ?? task.createdAt };
  }
  if (wait.forMs < patience || wait.on?.type === 'task') return null;
  const resource = wait.on === null ? undefined : context.resourceOf(wait.on.id);
  const name = wait.on === null ? 'something' : resourceName(wait.on);
  const site = wait.at ?? task.parked?.at ?? task.createdAt;
  switch (wait.kind) {
    case 'connect':
      return { task, forMs: wait.forMs, on: `a connection of ${name}`, site };
    case 'response': {
      const asked = wait.operation === undefined ? '' : ` to “${wait.operation}”`;
      return isEndless(wait) ? null : { task, forMs: wait.forMs, on: `the response of ${name}${asked}`, site };
    }
    case 'put': {
      const taker = resource?.lastTaker ?? null;
      if (resource === undefined || resource.holders.length > 0 || taker?.settled === false) return null;
      const nobody = taker === null ? 'nobody ever took from it' : `${nameOf(taker)}, which took last, has settled`;
      return { task, forMs: wait.forMs, on: `${name} to have room, but ${nobody}`, site };
    }
    default:
      return null;
  }
}

/** A job is made when it is put into its queue, and runs from when that holds it. */
function runningMs({ id, kind, ageMs }: TaskEntry, { report }: RuleContext): number {
  if (kind !== 'job') return ageMs;
  const running = report.resources.flatMap(({ holders }) => holders.filter(({ task }) => task.id === id));
  return Math.min(ageMs, ...running.map(({ forMs }) => forMs));
}

/** What a task waits for that is not of loopscope; null where it may take as long as it likes, or nobody knows. */
function leafOf({ parked, ageMs, kind, request }: TaskEntry, { report }: RuleContext): string | null {
  if (kind === 'group' || kind === 'retry') return null;
  if (request !== undefined && (request.isGone || request.sent === 'headers')) return null; // nobody waits, or it streams
  const isOver = report.reason === 'timeout' || report.reason === 'test';
  if (parked === null) {
    const unseen =
      request === undefined ? 'something that cannot be seen' : 'an answer, and no async function works on one';
    return isOver && kind !== 'test' ? unseen : null; // of a test the head of its report says it
  }
  const { leaf } = parked;
  if (leaf === null || leaf.verdict === 'none') return null; // another function, or the matter of stuck-wait
  if (briefLeaves.has(leaf.kind)) return leaf.detail === '' ? `a ${leaf.kind}` : `${leaf.kind} ${short(leaf.detail)}`;
  if (!unnamedLeaves.has(leaf.kind) || (!isOver && ageMs > report.process.uptimeMs - startMs)) return null;
  const holder = leaf.settledBy.length === 0 ? '' : ` of ${short(leaf.settledBy.join(' → '))}`;
  return `a promise${holder}`;
}
