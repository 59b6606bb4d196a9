// Steps on the way to who could settle a promise: `take (/shop/lock.ts:12:5)`. The place is mapped where maps are known, and
// shortened to `take (lock.ts:12)` for people.
import type { AwaitReport } from '../report/awaits.ts';
import type { SiteEntry } from '../report/format.ts';

const step = /^(?<name>.*) \((?<file>[^()]+?)(?::(?<line>\d+):(?<column>\d+))?\)$/;

type MapSite = (site: SiteEntry) => SiteEntry;

/** A step with its place taken to the source. */
export function mapStep(text: string, mapSite: MapSite): string {
  const { name = '', file = '', line, column } = step.exec(text)?.groups ?? {};
  if (line === undefined) return text;
  const at = mapSite({ file, line: Number(line), column: Number(column), function: name, exact: true });
  return `${name} (${at.file}:${at.line}:${at.column})`;
}

/** A step as people read it: without folder and column. Files of Node keep their whole name. */
export function shortStep(text: string): string {
  const { name = '', file = '', line } = step.exec(text)?.groups ?? {};
  if (file === '') return text;
  const short = file.startsWith('node:')
    ? file
    : file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
  return `${name} (${short}${line === undefined ? '' : `:${line}`})`;
}

/** The report with every step mapped once more, and short. */
export function shortenSteps(report: AwaitReport, mapSite: MapSite = (site) => site): AwaitReport {
  return changeSteps(report, (steps) => steps.map((each) => shortStep(mapStep(each, mapSite))));
}

/** The report with other steps to the settlers of its promises, which are told by their ids. */
export function changeSteps(
  report: AwaitReport,
  change: (steps: readonly string[], promise: number) => readonly string[],
): AwaitReport {
  const promises = report.promises.map((promise) => ({
    ...promise,
    settledBy: promise.settledBy.map((source) =>
      source.type === 'leaf' ? { ...source, settledBy: change(source.settledBy, promise.id) } : source,
    ),
  }));
  return { ...report, promises };
}
