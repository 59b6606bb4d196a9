// A wait cycle as a drawing: tasks in a circle, an arrow from each to whom it waits for, with what it waits for on it.
import type { Report, WaitCycle } from '../report/format.ts';
import { markup, type Markup } from './markup.ts';
import { cutRight, plain, taskName } from './wording.ts';

/** More are a list only. */
const mostSteps = 10;
const width = 900;
const box = { width: 170, height: 36 };
const longestName = 20;
const longestLabel = 26;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Nothing where there are too many tasks to draw. */
export function drawCycleGraph(
  { steps }: WaitCycle,
  report: Report,
  linkTo: (id: number) => string | null,
): Markup | null {
  if (steps.length > mostSteps) return null;
  const tall = steps.length < 3 ? 0 : 40 + steps.length * 24;
  const height = steps.length === 1 ? 150 : 2 * tall + 190;
  const centre = { x: width / 2, y: height / 2 };
  const places = steps.map((_, index): Point => {
    if (steps.length === 1) return { x: centre.x, y: 110 };
    const angle = (index / steps.length) * 2 * Math.PI - Math.PI / (steps.length === 2 ? 1 : 2);
    return { x: centre.x + 230 * Math.cos(angle), y: centre.y + (tall + 40) * Math.sin(angle) };
  });
  const names = new Map(report.tasks.map((task) => [task.id, taskName(task)]));
  const edges = steps.map(({ waitsFor }, index) => {
    const label = `${waitsFor.kind} ${plain(waitsFor.name)}`;
    return drawEdge(places[index] as Point, places[(index + 1) % steps.length] as Point, cutRight(label, longestLabel));
  });
  const boxes = steps.map(({ task }, index) => {
    const name = names.get(task) ?? `#${task}`;
    return drawBox(places[index] as Point, name, linkTo(task));
  });
  const title = `Wait cycle: ${steps.map(({ task }) => names.get(task) ?? `#${task}`).join(' waits for ')}, and so on`;
  return markup`<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img"><title>${title}</title>${edges}${boxes}</svg>`;
}

function drawBox({ x, y }: Point, name: string, link: string | null): Markup {
  const drawn = markup`<rect class="box" x="${round(x - box.width / 2)}" y="${round(y - box.height / 2)}" width="${box.width}" height="${box.height}" rx="7"/><text x="${round(x)}" y="${round(y + 4)}" text-anchor="middle">${cutRight(name, longestName)}</text>`;
  return link === null ? drawn : markup`<a href="#${link}">${drawn}</a>`;
}

/** A bent arrow, so that two between the same boxes are apart. */
function drawEdge(from: Point, to: Point, label: string): Markup {
  if (from === to) return drawLoop(from, label);
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const bend = Math.min(90, length / 4);
  const control = {
    x: (from.x + to.x) / 2 + ((to.y - from.y) / length) * bend,
    y: (from.y + to.y) / 2 - ((to.x - from.x) / length) * bend,
  };
  const start = edgeOfBox(from, control, 0);
  const end = edgeOfBox(to, control, 9);
  // Beside the arrow, outwards.
  const middle = {
    x: start.x / 4 + control.x / 2 + end.x / 4 + ((to.y - from.y) / length) * 14,
    y: start.y / 4 + control.y / 2 + end.y / 4 - ((to.x - from.x) / length) * 14,
  };
  return arrow(`M${point(start)} Q${point(control)} ${point(end)}`, end, control, middle, label);
}

function drawLoop({ x, y }: Point, label: string): Markup {
  const start = { x: x - 40, y: y - box.height / 2 };
  const end = { x: x + 40, y: y - box.height / 2 - 9 };
  const path = `M${point(start)} C${x - 60},20 ${x + 60},20 ${point(end)}`;
  return arrow(path, end, { x: x + 50, y: 30 }, { x, y: 32 }, label);
}

function arrow(path: string, end: Point, from: Point, middle: Point, label: string): Markup {
  const angle = (Math.atan2(end.y - from.y, end.x - from.x) * 180) / Math.PI;
  return markup`<path class="edge" d="${path}"/><path class="tip" d="M9,0 L-2,-5 L-2,5 Z" transform="translate(${point(end)}) rotate(${round(angle)})"/><text class="label" x="${round(middle.x)}" y="${round(middle.y + 4)}" text-anchor="${anchorAt(middle.x)}">${label}</text>`;
}

/** Labels run outwards, away from the boxes. */
function anchorAt(x: number): 'start' | 'middle' | 'end' {
  if (Math.abs(x - width / 2) < 40) return 'middle';
  return x < width / 2 ? 'end' : 'start';
}

/** Where the line from the middle of a box to another point leaves it, and `away` further. */
function edgeOfBox(middle: Point, towards: Point, away: number): Point {
  const x = towards.x - middle.x;
  const y = towards.y - middle.y;
  const share = Math.min(box.width / 2 / Math.abs(x || 1e-9), box.height / 2 / Math.abs(y || 1e-9));
  const further = share + away / Math.hypot(x, y);
  return { x: middle.x + x * further, y: middle.y + y * further };
}

function point({ x, y }: Point): string {
  return `${round(x)},${round(y)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
