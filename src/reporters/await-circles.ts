// Functions that await each other in a circle, each with its await, for people.
import { findAwaitCycles } from '../report/await-cycles.ts';
import type { AwaitView } from '../report/await-view.ts';
import type { AwaitReport, SuspendedFunction } from '../report/awaits.ts';
import { amount, amountOf, functionName } from './await-wording.ts';
import type { Paint } from './lines.ts';
import { cutLeft, cutRight, place, widthOf } from './wording.ts';

const mostCycles = 5;
const mostFunctions = 20;

/** A section for each circle, alike ones as one; nothing where there is none. */
export function drawCycles(view: AwaitView, report: AwaitReport, width: number, paint: Paint): string[] {
  const cycles = findAwaitCycles(view);
  const lines: string[] = [];
  for (const { count, functions } of cycles.slice(0, mostCycles)) {
    const times = count === 1 ? '' : `${amount(count)} × `;
    const who =
      functions.length === 1 ? 'a function awaits itself' : `${amount(functions.length)} functions await each other`;
    lines.push('', paint('red', paint('bold', `AWAIT CYCLE: ${times}${who}, and none can go on`)));
    for (const each of functions.slice(0, mostFunctions)) lines.push(functionLine(each, report, width, paint));
    if (functions.length > mostFunctions) lines.push(`  … ${amount(functions.length - mostFunctions)} more`);
  }
  if (cycles.length > mostCycles) lines.push(`… ${amountOf(cycles.length - mostCycles, 'await cycle')} more`);
  return lines;
}

function functionLine(each: SuspendedFunction, report: AwaitReport, width: number, paint: Paint): string {
  const name = cutRight(functionName(each), Math.floor(width / 2));
  const site = each.at ?? each.definedAt;
  const room = Math.max(8, width - widthOf(name) - 12);
  const where = site === null ? '' : `  awaits at ${cutLeft(place(site, report.process.directory), room - 4)}`;
  return `  ${paint('bold', name)}${where}`;
}
