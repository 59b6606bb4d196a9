// sync-files: files are read or written synchronously while requests wait.
import { inFunction, callersOf, number, percent, time } from './wording.ts';
import type { Disease } from './disease.ts';
import { pathsByPlace, type ThreadView } from './thread-view.ts';

const leastShare = 0.08;
const leastShareAlone = 0.3;
/** Of the time in which requests came. */
const leastOfTime = 0.03;

export const syncFiles: Disease = (view) => {
  const paths = pathsByPlace(view.thread.profile?.paths ?? []).filter(({ work }) => work === 'sync file');
  const all = paths.reduce((sum, { ms }) => sum + ms, 0);
  const [path] = paths;
  const share = view.shareOfBusy(all);
  const least = view.isServing ? leastShare : leastShareAlone;
  if (path === undefined || share < least || all < view.activeMs * leastOfTime) return [];
  return [
    {
      disease: 'sync-files',
      weight: share * view.utilization,
      verdict: `Too much synchronous I/O: ${path.calls ?? 'a file'} at ${view.line(path.at)}${inFunction(path.at)} is ${percent(view.shareOfBusy(path.ms))} of all the loop does.`,
      evidence: [
        ...callsAt(path.at, view),
        `Synchronous calls into the file system took ${time(all)} of the ${time(view.busyMs)} in which the loop was busy.`,
        ...callersOf(path, view),
        ...paths
          .slice(1, 4)
          .map((other) => `Also ${other.calls ?? 'a file'} at ${view.line(other.at)}: ${time(other.ms)}.`),
      ],
      advice: 'Read what does not change once, at the start, and keep it; for all else use node:fs/promises.',
      at: path.at,
    },
  ];
};

/** How often it was called, where that was counted. */
function callsAt({ file, line }: { readonly file: string; readonly line: number }, view: ThreadView): string[] {
  const calls = view.thread.report.history?.blockingCalls?.entries ?? [];
  const entry = calls.find(({ at }) => at?.file === file && at.line === line);
  if (entry === undefined) return [];
  const each = view.isServing ? `, ${number(entry.count / view.requests)} for each request` : '';
  return [`It was called ${number(entry.count)} times${each}; the longest took ${time(entry.maxMs)}.`];
}
