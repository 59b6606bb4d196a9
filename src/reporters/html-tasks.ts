// The tasks of a report as a table: a row each, equal ones as one, with links to what they wait for and who has it.
import type { TaskEntry, WaitEntry } from '../report/format.ts';
import { linkTask, linkTo, type Anchored, type TaskRow } from './html-anchors.ts';
import { markup, type Markup } from './markup.ts';
import {
  blockers,
  cancelPhrase,
  count,
  duration,
  parkedWait,
  place,
  plain,
  progressPhrases,
  waitName,
} from './wording.ts';

const mostWaits = 5;

/** Nothing where there is no task. */
export function drawTasks(anchored: Anchored): Markup | null {
  const { rows, moreTasks, report } = anchored;
  if (rows.length === 0) return null;
  const oldestMs = Math.max(...rows.map(({ first }) => first.ageMs), 1);
  const more =
    moreTasks === 0 ? null : markup`<p class="dim">… and ${count(moreTasks, 'task')} more; the JSON has all</p>`;
  return markup`<h3>Tasks <small>${report.tasks.length}</small></h3>
<table><thead><tr><th scope="col" class="w6">id</th><th scope="col" class="w16">name</th><th scope="col" class="w8">state</th><th scope="col" class="w10">age <small>dark: of this wait</small></th><th scope="col">waits for</th><th scope="col" class="w12">held by</th><th scope="col" class="w20">created at</th></tr></thead><tbody>
${rows.map((row) => drawRow(row, oldestMs, anchored))}</tbody></table>${more}`;
}

function drawRow({ first: task, count: times }: TaskRow, oldestMs: number, anchored: Anchored): Markup {
  const { directory } = anchored.report.process;
  const kind = task.kind === 'task' ? '' : ` ${task.kind}`;
  const state = task.cancelRequest === undefined ? (task.started ? task.state : 'queued') : (cancelPhrase(task) ?? '');
  const created = task.createdAt === null ? '' : place(task.createdAt, directory);
  const name = `${times > 1 ? `${times} × ` : ''}${plain(task.name)}`;
  const id = task.id === 0 ? '' : `#${task.id}${times > 1 ? '…' : ''}`;
  return markup`<tr data-row id="${anchored.taskAnchor(task.id) ?? ''}"><td data-of="id">${id}</td><td data-of="name"><span>${name}<small>${kind}</small></span></td><td data-of="state">${state}</td><td data-of="age"><span>${duration(task.ageMs)}${drawAge(task, oldestMs)}</span></td><td data-of="waits for">${drawWaits(task, anchored)}</td><td data-of="held by">${drawHolders(task, anchored)}</td><td data-of="created at">${created}</td></tr>
`;
}

/** A bar as long as the age, beside the oldest; the part of the wait of now is darker. */
function drawAge({ ageMs, waits }: TaskEntry, oldestMs: number): Markup {
  const waitMs = Math.min(ageMs, Math.max(0, ...waits.map(({ forMs }) => forMs)));
  const inner = waitMs === 0 ? null : markup`<i class="b${step(waitMs / Math.max(ageMs, 1))}"></i>`;
  return markup`<span class="bar"><i class="b${step(ageMs / oldestMs)}">${inner}</i></span>`;
}

/** In steps of a twentieth. */
export function step(share: number): number {
  return Math.max(1, Math.min(20, Math.round(share * 20)));
}

function drawWaits(task: TaskEntry, anchored: Anchored): Markup | string {
  const { directory } = anchored.report.process;
  if (task.waits.length === 0) {
    if (task.progress !== null) return progressPhrases(task.progress).filter(Boolean).join(' · ');
    return task.parked === null ? '' : parkedWait(task.parked, directory).join(' ');
  }
  const waits = task.waits.slice(0, mostWaits).map((wait) => drawWait(wait, task, anchored));
  const more = task.waits.length - mostWaits;
  return markup`<span>${waits}${more > 0 ? markup`<span class="holder dim">and ${more} more</span>` : null}</span>`;
}

function drawWait(wait: WaitEntry, task: TaskEntry, { report, taskAnchor, resourceAnchor }: Anchored): Markup {
  const { on } = wait;
  const target = on === null ? null : on.type === 'task' ? taskAnchor(on.id) : resourceAnchor(on.id);
  const where = wait.at === null ? '' : ` at ${place(wait.at, report.process.directory)}`;
  return markup`<span class="holder">${linkTo(target, waitName(wait, task.progress))}<small> ${duration(wait.forMs)}${where}</small></span>`;
}

function drawHolders(task: TaskEntry, anchored: Anchored): Markup | string {
  const holders = task.waits.flatMap((wait) => {
    const resource = wait.on?.type === 'resource' ? anchored.resources.get(wait.on.id) : undefined;
    return blockers(wait, resource);
  });
  if (holders.length === 0) return '';
  const drawn = holders
    .slice(0, mostWaits)
    .map((holder) => markup`<span class="holder">${linkTask(anchored, holder)}</span>`);
  const more = holders.length - mostWaits;
  return markup`<span>${drawn}${more > 0 ? markup`<span class="holder dim">and ${more} more</span>` : null}</span>`;
}
