// What a process awaits as trees for people.
import { countBelow, runFrom } from '../report/await-cut.ts';
import type { AwaitFilter } from '../report/await-filter.ts';
import { awaitTotals } from '../report/await-totals.ts';
import { buildAwaitTrees, type AwaitBranch, type Direction } from '../report/await-tree.ts';
import { viewAwaits, type AwaitView } from '../report/await-view.ts';
import { functionsOfProgram, type AwaitReport } from '../report/awaits.ts';
import { branchLines } from './await-branch.ts';
import { drawFoot, drawHead } from './await-frame.ts';
import { amountOf, threadNames, threadsText } from './await-wording.ts';
import { painter, type Paint } from './lines.ts';
import type { TextOptions } from './text.ts';
import { cutLeft, cutRight, leafText, widthOf } from './wording.ts';

export interface AwaitTreeOptions extends TextOptions {
  readonly filter?: AwaitFilter | undefined;
  /** `down`: below each function what it awaits. `up`: below what is waited for, who awaits it. Default `down`. */
  readonly direction?: Direction | undefined;
  /** Only trees through functions with this in their name, whatever its case. */
  readonly focus?: string | undefined;
  /** How many levels are drawn. Default 100. */
  readonly depth?: number | undefined;
  /** How many lines are drawn. Default 200. */
  readonly most?: number | undefined;
}

const titles: Readonly<Record<Direction, string>> = {
  down: 'AWAIT TREE  below each function is what it awaits',
  up: 'AWAITED BY  below what is waited for is who awaits it',
};

/** The trees as lines of text, with a line break at the end. */
export function awaitTree(report: AwaitReport, options: AwaitTreeOptions = {}): string {
  const { width = 80, colour = false, filter, focus } = options;
  const paint = painter(colour);
  const view = viewAwaits(report, { filter, focus });
  const totals = awaitTotals(view);
  const sections = [
    drawHead(report, totals, width, paint),
    drawAwaitTrees(report, view, titles[options.direction ?? 'down'], options),
    drawFoot(report, totals, width),
  ];
  return `${sections.flat().join('\n')}\n`;
}

/** An empty line, the title, and the trees; nothing if there are none. */
export function drawAwaitTrees(
  report: AwaitReport,
  view: AwaitView,
  title: string,
  options: AwaitTreeOptions,
): string[] {
  const { width = 80, colour = false, direction = 'down', most = 200 } = options;
  const paint = painter(colour);
  const trees = buildAwaitTrees(view, direction);
  const lines: string[] = [];
  let skipped = 0;
  let drawn = 0;
  for (; drawn < trees.length && lines.length < most; drawn++) {
    skipped += drawTree(trees[drawn] as AwaitBranch, report, { ...options, width: width - 2 }, paint, lines);
  }
  const shown = lines.map((line) => `  ${line}`);
  const more = [
    ...(skipped > 0 ? [amountOf(skipped, 'branch', 'branches')] : []),
    ...(drawn < trees.length ? [amountOf(trees.length - drawn, 'tree')] : []),
  ];
  if (more.length > 0) shown.push(paint('dim', `  … ${more.join(' and ')} more; --json has all`));
  return trees.length === 0 ? [] : ['', paint('bold', title), ...shown];
}

/** The same of all that was read for a report; nothing if nothing was, or all of it is Node's own. */
export function drawSuspended(awaits: AwaitReport | null, title: string, options: AwaitTreeOptions): string[] {
  if (awaits === null || functionsOfProgram(awaits).length === 0) return [];
  return drawAwaitTrees(awaits, viewAwaits(awaits, {}), title, options);
}

/** A branch with what stands before its first line, and before all others that belong to it. */
interface Place {
  readonly branch: AwaitBranch;
  readonly first: string;
  readonly rest: string;
  readonly depth: number;
  /** How many there are of the branch above, and where they run. */
  readonly above: { readonly count: number; readonly threads: string };
}

/**
 * Adds the lines of one tree until there are enough, and returns how many branches were left out then. Without recursion:
 * a tree can be as deep as there are functions.
 */
function drawTree(
  tree: AwaitBranch,
  report: AwaitReport,
  options: AwaitTreeOptions,
  paint: Paint,
  lines: string[],
): number {
  const { width = 80, depth: deepest = 100, most = 200 } = options;
  let skipped = 0;
  const places: Place[] = [{ branch: tree, first: '', rest: '', depth: 1, above: { count: 1, threads: '' } }];
  for (let place = places.pop(); place !== undefined; place = places.pop()) {
    const { branch, first, rest, depth, above } = place;
    const { last, times } = runFrom(branch);
    if (lines.length >= most) {
      skipped += countBelow(branch).branches + 1;
      continue;
    }
    const threads = threadsText(threadNames(branch.functions, report));
    const news = {
      times: branch.count === above.count ? null : branch.count,
      inARow: times,
      threads: threads === above.threads ? '' : threads,
    };
    const cut = depth >= deepest && last.branches.length > 0;
    const continued = `${rest}${last.branches.length > 0 ? '│  ' : '   '}`;
    const room = Math.max(24, width - widthOf(continued));
    for (const [index, line] of branchLines(branch, news, room, report, paint).entries()) {
      lines.push(`${index === 0 ? first : continued}${line}`);
    }
    if (cut) {
      lines.push(`${rest}└─ ${paint('dim', cutRight(cutText(last), Math.max(24, width - widthOf(rest) - 3)))}`);
      continue;
    }
    const counts = { count: branch.count, threads: branch.functions.length > 0 ? threads : above.threads };
    for (const [index, next] of [...last.branches.entries()].toReversed()) {
      const isLast = index === last.branches.length - 1;
      const alone = last.branches.length === 1;
      const before = cutLeft(rest, Math.floor(width / 2));
      const flat = alone && widthOf(rest) >= width / 4;
      places.push({
        branch: next,
        first: `${before}${flat ? '↳' : isLast ? '└─' : '├─'} `,
        rest: flat ? before : `${before}${isLast ? '   ' : '│  '}`,
        depth: depth + 1,
        above: counts,
      });
    }
  }
  return skipped;
}

function cutText(branch: AwaitBranch): string {
  const { branches, leaves } = countBelow(branch);
  const ends = leaves.slice(0, 3).map(leafText);
  if (leaves.length > 3) ends.push('…');
  return `… ${branches} more below${ends.length === 0 ? '' : `, down to ${ends.join('; ')}`}`;
}
