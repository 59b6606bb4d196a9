// The lines of one branch of an await tree.
import { basename } from 'node:path';
import type { AwaitBranch } from '../report/await-tree.ts';
import { tasksOf } from '../report/await-rows.ts';
import type { AwaitReport } from '../report/awaits.ts';
import type { SiteEntry } from '../report/format.ts';
import { leafLines } from './await-leaf.ts';
import { amount, combinatorText, functionName, placesText, tasksText } from './await-wording.ts';
import { wrap, type Paint } from './lines.ts';
import { cutLeft, cutRight, place, plain, widthOf } from './wording.ts';

/** What of a branch the branch above does not say. */
export interface BranchNews {
  /** How many there are; null where that is said above. */
  readonly times: number | null;
  /** How often the function stands below itself, this one included. */
  readonly inARow: number;
  readonly threads: string;
}

/** The lines, each at most as wide as said. */
export function branchLines(
  branch: AwaitBranch,
  news: BranchNews,
  width: number,
  report: AwaitReport,
  paint: Paint,
): string[] {
  const before = `${news.times === null ? '' : `${amount(news.times)} × `}${prefix(branch)}`;
  if (branch.leaf !== null) {
    const room = Math.max(16, width - before.length);
    const [title = '', ...rest] = leafLines(branch.leaf, room, paint, report.reading.settlers);
    return [`${before}${title}`, ...rest];
  }
  const { directory } = report.process;
  const [name, site] = titleOf(branch);
  const title = cutRight(`${before}${name}`, width);
  const painted = before + paint('bold', title.slice(before.length));
  const phrases: string[] = [];
  if (site === null) phrases.push(painted);
  else {
    const where = place(site, directory);
    const beside = width - widthOf(title) - 2;
    // The end of a path says most: the file and its line stay beside the name if there is any room for them.
    const fits = beside >= Math.min(widthOf(where), widthOf(basename(where)) + 1);
    if (fits) phrases.push(`${painted}  ${paint('dim', cutLeft(where, beside))}`);
    else phrases.push(painted, paint('dim', cutLeft(where, width)));
  }
  for (const fact of factsOf(branch, news, directory)) phrases.push(cutRight(fact, width));
  if (branch.ending === 'await cycle') phrases.push(paint('red', 'await cycle: back where it began'));
  return wrap(phrases, width, '', '');
}

function prefix({ places }: AwaitBranch): string {
  const text = placesText(places);
  return text === '' ? '' : `${text} `;
}

function titleOf({ step, count, combinator }: AwaitBranch): readonly [string, SiteEntry | null] {
  switch (step.type) {
    case 'function': {
      const { at, definedAt } = step.function;
      return [functionName(step.function), at ?? (definedAt === null ? null : { ...definedAt, exact: false })];
    }
    case 'combinator':
      return [combinator === null ? `Promise.${step.method}` : combinatorText(combinator), null];
    case 'then':
      return [`.${step.method}(${plain(step.callback?.function ?? '')})`, step.callback];
    case 'module':
      return ['module evaluation', null];
    case 'request':
      return [count === 1 ? `request ${step.position} in the queue` : 'request in the queue', null];
    default:
      return ['whichever comes first', null];
  }
}

function factsOf(branch: AwaitBranch, { inARow, threads }: BranchNews, directory: string): string[] {
  const { step, functions, callbacks, ending, again, count } = branch;
  const facts: string[] = [];
  if (step.type === 'function' && step.function.kind === 'async generator') facts.push('async generator');
  if (inARow > 1) facts.push(`${amount(inARow)} in a row`);
  const tasks = tasksOf(functions);
  if (tasks.length > 0) facts.push(tasksText(tasks, tasks.length));
  if (threads !== '') facts.push(threads);
  for (const callback of callbacks.slice(0, 2)) {
    facts.push(
      `then ${callback.function === '' ? '' : `${plain(callback.function)} at `}${place(callback, directory)}`,
    );
  }
  if (callbacks.length > 2) facts.push(`and ${callbacks.length - 2} more callbacks`);
  if (ending === 'shown above') facts.push('(shown above)');
  else if (ending === null && again > 0 && again < count) facts.push(`${amount(again)} of them shown above`);
  return facts;
}
