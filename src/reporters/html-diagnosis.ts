// A recording as a section of a page: the verdict, what else was found, numbers over time, and the operations.
import type { Diagnosis, FoundIn, OperationRow } from '../report/diagnosis.ts';
import { duration, lineOf } from '../report/phrases.ts';
import type { Recording, ThreadRecording } from '../report/recording.ts';
import { drawCurve, drawSmallCurve } from './html-curve.ts';
import { markup, type Markup } from './markup.ts';
import { milliseconds, operationsExplained } from './operation-lines.ts';
import { plain } from './wording.ts';

const mostThreads = 8;
const longest = 2000;
const leastBusyMs = 100;

/** A recording, and what was found in it. */
export interface DiagnosedRecording {
  readonly recording: Recording;
  readonly diagnosis: Diagnosis;
}

/** The section of one recording. */
export function drawRecording({ recording, diagnosis }: DiagnosedRecording, number: number): Markup {
  const { startedAt, durationMs, load, threads } = recording;
  const [worst, ...others] = diagnosis.findings;
  const facts = [
    plain(startedAt, 30),
    duration(durationMs),
    ...(load === null ? [] : [`load: ${plain(load.command, 300)}`]),
  ];
  const kind =
    diagnosis.verdict === 'ill' ? 'finding fails' : diagnosis.verdict === 'healthy' ? 'finding good' : 'finding';
  return markup`<section id="r${number}"><h2>${plain(diagnosis.command, longest)}</h2><p class="dim">${facts.join(' · ')}</p>
<div class="${kind}" data-row><b>${plain(diagnosis.sentence, longest)}</b>${worst === undefined ? null : drawBody(worst)}</div>
${others.length === 0 ? null : markup`<h3>Also found <small>${others.length}</small></h3>${others.map(drawOther)}`}
<h3>Measured</h3>${diagnosis.figures.map(
    (figure) => markup`<p data-row>${plain(figure, longest)}</p>
`,
  )}
${worthDrawing(threads).map((thread) => drawThread(thread, threads.length > 1))}
${drawOperations(diagnosis)}
${diagnosis.notes.length === 0 ? null : markup`<h3>Notes</h3>${diagnosis.notes.map((note) => markup`<p data-row>${plain(note, longest)}</p>`)}`}</section>
`;
}

function drawOther(finding: FoundIn): Markup {
  return markup`<div class="finding" data-row><b>${plain(finding.verdict, longest)}</b>${drawBody(finding)}</div>
`;
}

function drawBody({ evidence, advice }: FoundIn): Markup {
  return markup`${evidence.map((sentence) => markup`<br><small>${plain(sentence, longest)}</small>`)}<br>→ ${plain(advice, longest)}`;
}

function worthDrawing(threads: readonly ThreadRecording[]): readonly ThreadRecording[] {
  const isWorth = ({ requests, processor }: ThreadRecording): boolean =>
    threads.length === 1 || requests !== null || processor.threadMs >= leastBusyMs;
  return threads.filter(isWorth).slice(0, mostThreads);
}

function drawThread({ series, report: { process: of } }: ThreadRecording, isOneOfMany: boolean): Markup {
  const { everyMs, utilization, heapMB, requests, answered, tasks, handles } = series;
  const perSecond = answered.slice(1).map((value, point) => ((value - (answered[point] ?? 0)) * 1000) / everyMs);
  const open = Object.values(handles);
  const handlesOpen = utilization.map((_, point) => open.reduce((sum, list) => sum + (list[point] ?? 0), 0));
  const who = of.threadId === 0 ? `pid ${of.pid}` : `pid ${of.pid}, thread ${of.threadId}`;
  const most = (values: readonly number[]): number => Math.max(0, ...values);
  const whole = (values: readonly number[]): string => Math.round(most(values)).toLocaleString('en-US');
  return markup`${isOneOfMany ? markup`<h4>${who}</h4>` : null}<div class="charts">${[
    drawCurve('Loop busy', utilization, `${Math.round(most(utilization) * 100)} %`),
    drawCurve('Heap', heapMB, `${whole(heapMB)} MB`),
    drawCurve('Requests under way', requests, whole(requests)),
    drawCurve('Answered a second', perSecond, whole(perSecond)),
    drawCurve('Handles', handlesOpen, whole(handlesOpen)),
    most(tasks) === 0 ? null : drawCurve('Tasks pending', tasks, whole(tasks)),
  ].flatMap((curve) => curve ?? [])}</div>`;
}

function drawOperations({ operations, directory, followed }: Diagnosis): Markup | null {
  if (operations.length === 0) return null;
  const number = (value: number): string => Math.round(value).toLocaleString('en-US');
  const place = (at: OperationRow['at']): string => (at === null ? '' : plain(lineOf(at, directory), 500));
  const drawRow = ({
    name,
    at,
    count,
    waitMs,
    onLoopMs,
    mean,
    peak,
    open,
    concurrency,
    parent,
  }: OperationRow): Markup => {
    const from = parent === null ? '' : `${plain(parent.name)}${parent.at === null ? '' : ` at ${place(parent.at)}`}`;
    const curve = drawSmallCurve(concurrency, `${plain(name)} at a time, at most ${number(peak)}`);
    return markup`<tr data-row><td data-of="what"><span>${plain(name)}</span></td><td data-of="begun at">${place(at)}</td><td data-of="from">${from}</td><td class="n" data-of="count">${number(count)}</td><td class="n" data-of="wait each">${milliseconds(waitMs)}</td><td class="n" data-of="on loop">${onLoopMs === null ? '' : milliseconds(onLoopMs)}</td><td class="n" data-of="mean">${mean >= 100 ? number(mean) : mean.toFixed(1)}</td><td class="n" data-of="peak">${number(peak)}</td><td class="n" data-of="open">${number(open)}</td><td data-of="over time">${curve}</td></tr>
`;
  };
  const titles = ['count', 'wait each', 'on loop', 'mean', 'peak', 'open'].map(
    (title) => markup`<th scope="col" class="n w6">${title}</th>`,
  );
  return markup`<h3>Asynchronous operations <small>${operations.length}</small></h3><p class="dim">${operationsExplained(followed)}</p>
<table><thead><tr><th scope="col" class="w20">what</th><th scope="col">begun at</th><th scope="col" class="w16">from</th>${titles}<th scope="col" class="w12">over time</th></tr></thead><tbody>
${operations.map(drawRow)}</tbody></table>`;
}
