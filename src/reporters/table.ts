// The table of pending tasks: one row each, equal rows as one with a count, never wider than asked for.
import type { Report, ResourceEntry, TaskEntry } from '../report/format.ts';
import { layOut, type Column } from './columns.ts';
import { withoutIds } from './request-paths.ts';
import {
  blockers,
  cutBeforeId,
  cutLeft,
  cutRight,
  duration,
  leafText,
  plain,
  shortPlace,
  taskName,
  waitName,
} from './wording.ts';

const columns: readonly Column[] = [
  { title: 'ID', least: 9, cut: cutRight, right: true },
  { title: 'NAME', least: 10, cut: cutRight },
  { title: 'KIND', least: 7, cut: cutRight },
  { title: 'STATE', least: 7, cut: cutRight },
  { title: 'AGE', least: 9, cut: cutRight, right: true },
  { title: 'WAITING FOR', least: 11, cut: cutBeforeId },
  { title: 'HELD BY', least: 7, cut: cutBeforeId },
  { title: 'CREATED AT', least: 10, cut: cutLeft },
];
// Among the cells without id and age.
const columnOfHolder = 4;

/** The table: its header and the first rows, which are all that is drawn, and how many lines it would have in all. */
export function drawTable(report: Report, width: number, most: number): { lines: string[]; total: number } {
  if (report.tasks.length === 0) return { lines: [], total: 0 };
  const groups = groupRows(report);
  const rows = groups.slice(0, most - 1).map(cellsOfGroup);
  const lines = layOut(columns, rows, width);
  return { lines, total: groups.length + 1 };
}

/** Tasks that look the same. */
interface Group {
  readonly first: TaskEntry;
  cells: readonly string[];
  count: number;
}

/** One for all tasks that look the same. */
function groupRows(report: Report): Group[] {
  const groups = new Map<string, Group>();
  const resources = new Map(report.resources.map((resource) => [resource.id, resource]));
  for (const task of report.tasks) {
    const cells = cellsOf(task, resources);
    const key = cells.map(sameFor).join('\0');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: task, count: 1, cells });
    else {
      group.count++;
      if (group.cells[0] !== cells[0]) group.cells = group.cells.map(withoutIds);
    }
  }
  return [...groups.values()];
}

function cellsOfGroup({ first, count, cells: [name = '', kind = '', state = '', ...rest] }: Group): string[] {
  return [
    `${first.id === 0 ? '-' : `#${first.id}`}${count > 1 ? '…' : ''}`,
    count > 1 ? `${count} × ${name}` : name,
    kind,
    state,
    duration(first.ageMs),
    ...rest,
  ];
}

/** What of a cell tells rows apart: not which of many equal tasks is awaited, nor ids in paths, nor whether a site stands in. */
function sameFor(cell: string, index: number): string {
  return index === columnOfHolder ? cell : withoutIds(cell.replaceAll(/ #\d+|^~/g, ''));
}

/** The cells but for id and age. */
function cellsOf(task: TaskEntry, resources: ReadonlyMap<number, ResourceEntry>): string[] {
  const waiting = task.waits.map((wait) => waitName(wait, task.progress));
  const { parked } = task;
  if (waiting.length === 0 && parked !== null && parked.leaf !== null) waiting.push(leafText(parked.leaf));
  const holders = new Set<string>();
  for (const wait of task.waits) {
    const resource = wait.on?.type === 'resource' ? resources.get(wait.on.id) : undefined;
    for (const holder of blockers(wait, resource)) holders.add(taskName(holder));
  }
  return [
    plain(task.name),
    task.kind,
    task.cancelRequest === undefined ? (task.started ? task.state : 'queued') : 'cancelling',
    summary(waiting),
    summary([...holders]),
    task.createdAt === null ? '' : shortPlace(task.createdAt),
  ];
}

/** The first two, and how many more. */
function summary(texts: readonly string[]): string {
  return texts.length <= 2 ? texts.join(', ') : `${texts[0]}, +${texts.length - 1}`;
}
