// A file of tests: at its end it is looked whether anything of it is left, which is cheap, and mostly nothing is. What is
// left gets a moment to go away, and is reported then.
import type { TestEntry } from '../report/format.ts';
import { now } from '../runtime/clock.ts';
import { complain } from '../runtime/complain.ts';
import { lastId } from '../runtime/context.ts';
import { load } from '../runtime/load.ts';
import { startRegistry } from '../subscribers/registry.ts';
import type * as Leaks from './leaks.ts';
import { forgetTests, testOf } from './test-run.ts';

const { setTimeout } = globalThis;
/** Connections close a few turns later. Milliseconds before each further look. */
const looksAfter = [10, 30, 60, 150] as const;

/** When a file began, and what was there before it. */
export interface Beginning {
  readonly runner: TestEntry['runner'];
  /** Of tasks; later ones have a larger one. */
  readonly id: number;
  /** On the runtime clock. */
  readonly at: number;
  /** How many handles and timers that keep the process alive, by type. */
  readonly active: ReadonlyMap<string, number>;
}

/** A file of tests that is being run. */
export interface TestFile {
  readonly beginning: Beginning;
  /** Reports what is left of it; `path` where no test tells. Never rejects. */
  end(path: string): Promise<void>;
  /** The same at once: nothing will go away by itself any more. */
  endNow(path: string): void;
}

/**
 * A file of tests begins.
 * @param ownTimers how many timers the runner has pending for itself
 */
export function beginFile(runner: TestEntry['runner'], ownTimers: () => number = () => 0): TestFile {
  const beginning: Beginning = { runner, id: lastId(), at: now(), active: activeTypes(ownTimers()) };
  const endNow = (path: string): void => {
    try {
      if (leftOf(beginning, ownTimers()) !== 'nothing') {
        const { reportLeaks } = load(import.meta.url, './leaks') as typeof Leaks;
        reportLeaks(path, beginning);
      }
      forgetTests();
    } catch (error) {
      complain('what a file of tests left behind is not known', error);
    }
  };
  return {
    beginning,
    endNow,
    async end(path) {
      for (const pauseMs of looksAfter) {
        if (leftOf(beginning, ownTimers()) !== 'something') break;
        await new Promise((resolve) => void setTimeout(resolve, pauseMs));
      }
      endNow(path);
    },
  };
}

/** Whether anything may be left, and whether that may go away by itself in a moment: a timer does not. */
function leftOf({ id, active }: Beginning, ownTimers: number): 'nothing' | 'timers' | 'something' {
  const { tasks, resources } = startRegistry().snapshot();
  if (tasks.some((task) => task.id > id && testOf(task)?.isReported !== true)) return 'something';
  for (const resource of resources) for (const { task } of resource.holders()) if (task.id > id) return 'something';
  const more = [...activeTypes(ownTimers)].filter(([type, count]) => count > (active.get(type) ?? 0));
  return more.some(([type]) => type !== 'Timeout') ? 'something' : more.length > 0 ? 'timers' : 'nothing';
}

/** Without the standard streams: they are opened when they are first used, and stay open. */
function activeTypes(ownTimers: number): Map<string, number> {
  const counts = new Map([['Timeout', -ownTimers]]);
  const add = (type: string, count: number): void => void counts.set(type, (counts.get(type) ?? 0) + count);
  for (const type of process.getActiveResourcesInfo()) add(type, 1);
  const { _getActiveHandles: handles } = process as unknown as { readonly _getActiveHandles?: () => StandardStream[] };
  for (const { _isStdio: isStandard, _handle: handle } of handles?.call(process) ?? []) {
    if (isStandard === true && handle != null) add(`${handle.constructor.name}Wrap`, -1);
  }
  return counts;
}

/** What Node keeps of them. */
interface StandardStream {
  readonly _isStdio?: boolean;
  readonly _handle?: object | null;
}
