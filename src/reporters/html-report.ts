// One report as a section of the page.
import { viewAwaits } from '../report/await-view.ts';
import { drawAwaitTrees } from './await-tree.ts';
import type { CiOptions } from './ci-place.ts';
import type { Examined, Finding } from './findings.ts';
import { anchor, linkTo, type Anchored } from './html-anchors.ts';
import { drawCycleGraph } from './html-cycle.ts';
import { drawLoop } from './html-loop.ts';
import { drawResources } from './html-resources.ts';
import { drawTasks } from './html-tasks.ts';
import { drawTree } from './html-tree.ts';
import { drawHandles } from './handle-lines.ts';
import { painter } from './lines.ts';
import { markup, type Markup } from './markup.ts';
import { drawProfile } from './profile-lines.ts';
import { drawTelemetry } from './telemetry-lines.ts';
import { count, duration, place, plain, taskName } from './wording.ts';

const mostFindings = 100;
const mostCycles = 10;
const mostLines = 500;
const textWidth = 110;
const longestCommand = 300;

/** What a report is called: the test, or the script. */
export function titleOf({ process: { command, directory, threadId }, test }: Examined['report']): string {
  const script = plain(
    command.startsWith(`${directory}/`) ? command.slice(directory.length + 1) : command,
    longestCommand,
  );
  const thread = threadId === 0 ? '' : `, worker thread ${threadId}`;
  return test === undefined ? `${script}${thread}` : plain(test.name ?? test.file, longestCommand);
}

/** The section of one report. */
export function drawReport(examined: Examined, number: number, options: CiOptions): Markup {
  const anchored = anchor(examined.report, number);
  const { report } = examined;
  const { pid, node, uptimeMs, exitCode } = report.process;
  const code = exitCode === null ? '' : `, exit code ${exitCode}`;
  const facts = `${report.reason}${code} · pid ${pid} · Node ${plain(node)} · up ${duration(uptimeMs)} · ${plain(report.takenAt)}`;
  return markup`<section id="r${number}"><h2>${titleOf(report)}</h2><p class="dim">${facts}</p>
${drawFindings(examined.findings, anchored, options)}
${drawCycles(anchored)}
${drawTasks(anchored)}
${drawResources(anchored)}
${drawLoop(anchored)}
${drawTree(anchored)}
${drawLines('Suspended functions', suspended(anchored))}
${drawLines('Open handles', handles(anchored))}
${drawLines('Profile', drawProfile(report, textWidth))}
${drawLines('Spans', drawTelemetry(report, textWidth))}
${drawLines(
  'Notes',
  (report.notes ?? []).map((note) => plain(note, 1000)),
)}
${drawLosses(anchored)}</section>
`;
}

function drawFindings(findings: readonly Finding[], anchored: Anchored, { fails }: CiOptions): Markup {
  if (findings.length === 0) return markup`<p class="fine">Nothing is left behind.</p>`;
  const drawn = findings.slice(0, mostFindings).map((finding) => {
    const { rule, title, details, site, task } = finding;
    const target = task === null ? null : anchored.taskAnchor(task);
    const where = site === null ? '' : place(site, anchored.report.process.directory);
    const kind = fails(finding) ? 'finding fails' : 'finding';
    return markup`<div class="${kind}" data-row><b>${rule}</b> ${linkTo(target, title)}${where === '' ? null : markup` <code>${where}</code>`}${(finding.isWarning ? details : []).map((line) => markup`<br><small>${line}</small>`)}</div>
`;
  });
  const more = findings.length - mostFindings;
  return markup`<h3>Findings <small>${findings.length}</small></h3>${drawn}${more > 0 ? markup`<p class="dim">… and ${count(more, 'more finding')}</p>` : null}`;
}

function drawCycles(anchored: Anchored): Markup | null {
  const { report } = anchored;
  if (report.cycles.length === 0) return null;
  const names = new Map(report.tasks.map((task) => [task.id, taskName(task)]));
  const drawn = report.cycles.slice(0, mostCycles).map((cycle, index) => {
    const steps = cycle.steps.map(({ task, waitsFor }) => {
      const { taskAnchor, resourceAnchor } = anchored;
      const target = waitsFor.type === 'task' ? taskAnchor(waitsFor.id) : resourceAnchor(waitsFor.id);
      const name = names.get(task) ?? `#${task}`;
      return markup`<li>${linkTo(taskAnchor(task), name)} waits for ${linkTo(target, `${waitsFor.kind} ${plain(waitsFor.name)}`)}</li>`;
    });
    return markup`<h3>Wait cycle ${index + 1} <small>${count(cycle.steps.length, 'task')}, of which none can go on</small></h3>${drawCycleGraph(cycle, report, anchored.taskAnchor)}<ol>${steps.slice(0, mostLines)}</ol>`;
  });
  const more = report.cycles.length - mostCycles;
  return markup`${drawn}${more > 0 ? markup`<p class="dim">… and ${count(more, 'more wait cycle')}</p>` : null}`;
}

function handles({ report }: Anchored): string[] {
  return drawHandles(report, textWidth, painter(false), { most: mostLines, withAdvice: false });
}

/** Without its title. */
function suspended({ report: { awaits } }: Anchored): string[] {
  if (awaits == null) return []; // reports of earlier versions have none
  return drawAwaitTrees(awaits, viewAwaits(awaits, {}), '', { width: textWidth, most: mostLines }).slice(2);
}

function drawLines(title: string, lines: readonly string[]): Markup | null {
  if (lines.length === 0) return null;
  return markup`<h3>${title}</h3><pre tabindex="0">${lines.slice(0, mostLines).join('\n')}</pre>`;
}

function drawLosses({ report: { dropped } }: Anchored): Markup | null {
  if (dropped.tasks + dropped.resources === 0) return null;
  return markup`<p class="dim">Not shown: ${count(dropped.tasks, 'task')} and ${count(dropped.resources, 'resource')} beyond the limits of a report</p>`;
}
