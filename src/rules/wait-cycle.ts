// wait-cycle: tasks wait for each other, so that none can go on.
import { duration, lineOf } from '../report/phrases.ts';
import { findAwaitCycles } from '../report/await-cycles.ts';
import { viewAwaits } from '../report/await-view.ts';
import type { CycleStep, WaitCycle } from '../report/format.ts';
import { nameOf, resourceName, short } from './names.ts';
import { findNestedJobs } from './nested-jobs.ts';
import type { Finding, Rule, RuleContext } from './rule.ts';

const mostNamed = 5;

export const waitCycle: Rule = {
  name: 'wait-cycle',
  summary: 'tasks wait for each other in a circle: a deadlock',
  threshold: null,
  meaning:
    'Each of some tasks waits for something that the next one holds or is, and the last one waits for the first. None ' +
    'of them can ever go on, unless somebody cancels one of them or a timeout ends one of the waits. So it is where all ' +
    'jobs that a queue runs at a time wait for jobs that they have put into the same queue.',
  quiet: 'There is no circle: a long chain of waits that ends at somebody who works is none.',
  fix:
    'Take locks in the same order everywhere, or hold one at a time. A task must not await itself, nor a task that ' +
    'awaits it. A timeout on the second acquire turns a deadlock into an error with a place.',
  wrong: `ship:   await stock.acquire(); await ledger.acquire();
refund: await ledger.acquire(); await stock.acquire();`,
  right: `ship:   await stock.acquire(); await ledger.acquire({ timeout: 5000 });
refund: await stock.acquire(); await ledger.acquire({ timeout: 5000 });`,
  check: (context) => [
    ...context.report.cycles.map((cycle) => describeCycle(cycle, context)),
    ...awaitCycles(context),
    ...findNestedJobs(context),
  ],
};

function describeCycle({ steps }: WaitCycle, { taskOf }: RuleContext): Finding {
  const parts = steps.slice(0, mostNamed).map((step) => describeStep(step));
  if (steps.length > mostNamed) parts.push(`and ${steps.length - mostNamed} more`);
  const waits = steps.map(({ task, waitsFor }) =>
    taskOf(task)?.waits.find(({ on }) => on?.type === waitsFor.type && on.id === waitsFor.id),
  );
  const known = waits.filter((wait) => wait !== undefined);
  const forMs = Math.min(...known.map((wait) => wait.forMs));
  const first = taskOf(steps[0]?.task ?? 0);
  const lasts = Number.isFinite(forMs) ? ` for ${duration(forMs)}` : '';
  const who = steps.length === 1 ? 'A task waits for itself' : `${steps.length} tasks wait for each other`;
  return {
    message: `${who}${lasts}: ${parts.join(', ')}.`,
    advice: 'Take locks in the same order everywhere, or give the last wait a timeout.',
    site: known.find(({ at }) => at !== null)?.at ?? null,
    task: first === undefined ? null : { id: first.id, name: first.name },
    count: steps.length,
  };

  function describeStep({ task, waitsFor }: CycleStep): string {
    const entry = taskOf(task) ?? { id: task, name: 'task' };
    const what = waitsFor.type === 'task' ? nameOf(waitsFor) : resourceName(waitsFor);
    return `${nameOf(entry)} waits for ${what}`;
  }
}

/** Circles of functions that await each other, but for those of tasks that are in a circle already. */
function awaitCycles({ report: { awaits, cycles, process } }: RuleContext): Finding[] {
  if (awaits === null) return [];
  const known = new Set(cycles.flatMap(({ steps }) => steps.map(({ task }) => task)));
  return findAwaitCycles(viewAwaits(awaits)).flatMap(({ functions, count }): Finding[] => {
    const [first] = functions;
    if (first === undefined || functions.some(({ task }) => task !== null && known.has(task.id))) return [];
    const names = functions.slice(0, mostNamed).map(({ name, at }) => {
      if (name !== '') return short(name);
      return at === null ? '(anonymous)' : `(anonymous) at ${lineOf(at, process.directory)}`;
    });
    if (functions.length > mostNamed) names.push(`${functions.length - mostNamed} more`);
    const who = functions.length === 1 ? `${names[0]} awaits itself` : `${names.join(', ')} await each other`;
    return [
      {
        message: `${who}, so that none can go on${count === 1 ? '' : `, ${count} times over`}.`,
        advice: 'A function must not await itself, nor one that awaits it.',
        site: first.at,
        task: first.task,
        count,
      },
    ];
  });
}
