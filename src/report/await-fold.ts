// Functions of loopscope's own between those of a program are steps that nobody asks about: the chain goes through them.
import { renumber } from './await-part.ts';
import type { AwaitReport, Source, SuspendedFunction } from './awaits.ts';
import type { SiteEntry } from './format.ts';
import { promisesOf } from './promises-of.ts';

/**
 * The report without functions and callbacks of these files, wherever somebody awaits them: what they await is awaited
 * instead. One that nobody awaits stays, since it says that something is under way. Linear in the size of the report.
 */
export function foldAwaits(report: AwaitReport, isOwn: (file: string) => boolean): AwaitReport {
  const ofOwn = (site: SiteEntry | null): boolean => site !== null && isOwn(site.file);
  const awaited = new Set(report.functions.map(({ awaits }) => awaits));
  for (const { settledBy } of report.promises) {
    for (const source of settledBy) for (const id of promisesOf(source)) awaited.add(id);
  }
  const isFolded = ({ at, definedAt, settles }: SuspendedFunction): boolean =>
    ofOwn(at ?? definedAt) && settles.some((id) => awaited.has(id));
  const folded = new Set(report.functions.filter(isFolded).map(({ id }) => id));
  const through = (source: Source): Source => {
    if (source.type === 'then') return ofOwn(source.callback) ? { type: 'follows', promise: source.promise } : source;
    if (source.type !== 'function' && source.type !== 'request') return source;
    const promise = folded.has(source.function) ? report.functions[source.function]?.awaits : undefined;
    return promise === undefined ? source : { type: 'follows', promise };
  };
  const promises = report.promises.map((promise) => ({ ...promise, settledBy: promise.settledBy.map(through) }));
  const functions = report.functions.filter(({ id }) => !folded.has(id));
  return renumber(report, functions, promises);
}
