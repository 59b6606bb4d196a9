// Joins the registry, the context and the process into one report.
import { threadId } from 'node:worker_threads';
import { buildReport } from '../report/build.ts';
import type { Reason, Report } from '../report/format.ts';
import { now, wallTime } from '../runtime/clock.ts';
import { currentTask, rootTask } from '../runtime/context.ts';
import { SiteMapper } from '../runtime/source-map.ts';
import { startRegistry } from '../subscribers/registry.ts';
import { loopSource } from './loop-source.ts';

/** What is pending in this thread now. */
export function takeReport(reason: Reason = 'asked', exitCode: number | null = null): Report {
  const at = now();
  const mapper = new SiteMapper();
  return buildReport({
    ...startRegistry().snapshot(),
    reason,
    process: {
      pid: process.pid,
      parentPid: process.ppid,
      threadId,
      command: process.argv.slice(1).join(' '),
      directory: workingDirectory(),
      node: process.versions.node,
      uptimeMs: Math.round(at),
      exitCode,
    },
    root: rootTask,
    running: currentTask(),
    loop: loopSource(),
    now: at,
    wallTime: wallTime(at),
    mapSite: (site) => mapper.map(site),
  });
}

/** The working directory, or / where it was removed. */
function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return '/';
  }
}
