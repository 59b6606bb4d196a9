// Where on the page a task or a resource stands, so that links lead there.
import type { Report, ResourceEntry, TaskEntry } from '../report/format.ts';
import { markup, type Markup } from './markup.ts';
import { plain, taskName } from './wording.ts';

/** More rows are counted: a browser takes seconds for them. */
export const mostRows = 2000;

/** Equal tasks are one row, at which all of them are. */
export interface TaskRow {
  readonly first: TaskEntry;
  readonly count: number;
}

/** A report with where its entries stand. */
export interface Anchored {
  readonly report: Report;
  /** Number of the report on the page. */
  readonly number: number;
  readonly rows: readonly TaskRow[];
  /** Tasks that are in no row. */
  readonly moreTasks: number;
  readonly resources: ReadonlyMap<number, ResourceEntry>;
  /** What the element of a task is called; null where it has none. */
  readonly taskAnchor: (id: number) => string | null;
  readonly resourceAnchor: (id: number) => string | null;
}

/** Gives every task and resource of a report its place. */
export function anchor(report: Report, number: number): Anchored {
  const groups = [...Map.groupBy(report.tasks, keyOf).values()];
  const shown = groups.slice(0, mostRows);
  const anchors = new Map<number, string>();
  for (const group of shown) {
    for (const { id } of group) anchors.set(id, `r${number}-t${group[0]?.id}`);
  }
  const resources = new Map(report.resources.map((resource) => [resource.id, resource]));
  const listed = new Set(report.resources.slice(0, mostRows).map(({ id }) => id));
  return {
    report,
    number,
    rows: shown.map((group) => ({ first: group[0] as TaskEntry, count: group.length })),
    moreTasks: groups.slice(mostRows).reduce((sum, { length }) => sum + length, 0),
    resources,
    taskAnchor: (id) => anchors.get(id) ?? null,
    resourceAnchor: (id) => (listed.has(id) ? `r${number}-x${id}` : null),
  };
}

/** Tasks in cycles, and those that hold something, stay apart from their like. */
function keyOf({ id, kind, name, state, createdAt, waits, progress, parked, cancelRequest }: TaskEntry): string {
  if (progress !== null || cancelRequest !== undefined) return String(id);
  const on = waits.map((wait) => [wait.kind, wait.on?.type, wait.on?.kind, wait.on?.name, wait.at?.line, wait.mode]);
  return JSON.stringify([kind, name, state, createdAt?.file, createdAt?.line, on, parked?.at.line]);
}

/** The name of a task, as a link if it leads anywhere. */
export function linkTask({ taskAnchor }: Anchored, task: { readonly id: number; readonly name: string }): Markup {
  return linkTo(taskAnchor(task.id), taskName(task));
}

/** The same of a resource. */
export function linkResource(
  { resourceAnchor }: Anchored,
  { id, kind, name }: Pick<ResourceEntry, 'id' | 'kind' | 'name'>,
): Markup {
  return linkTo(resourceAnchor(id), `${kind} ${plain(name)}`);
}

/** A text, as a link if there is where it leads. */
export function linkTo(target: string | null, text: string): Markup {
  return target === null ? markup`${text}` : markup`<a href="#${target}">${text}</a>`;
}
