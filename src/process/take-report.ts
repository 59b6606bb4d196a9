// Joins the registry, the context and the process into one report.
import { threadId } from 'node:worker_threads';
import type { Site } from '../channels/site.ts';
import { buildReport } from '../report/build.ts';
import type { Reason, Report } from '../report/format.ts';
import { now, wallTime } from '../runtime/clock.ts';
import { currentTask, rootTask } from '../runtime/context.ts';
import { ignoredRules } from '../runtime/ignored-rules.ts';
import { notes } from '../runtime/notes.ts';
import { SiteMapper } from '../runtime/source-map.ts';
import { startRegistry } from '../subscribers/registry.ts';
import { isDrained } from './drained.ts';
import { historyNow } from './history-source.ts';
import { loopSource } from './loop-source.ts';
import { profileSource } from './profile-source.ts';
import { telemetryNow } from './telemetry-source.ts';

/** What is pending in this thread now. */
export function takeReport(reason: Reason = 'asked', exitCode: number | null = null): Report {
  const mapper = new SiteMapper();
  return takeUnmapped(reason, exitCode, (site) => mapper.map(site));
}

/** The same with sites as the engine names them, or as `mapSite` does. */
export function takeUnmapped(
  reason: Reason,
  exitCode: number | null,
  mapSite: (site: Site) => Site = (site) => site,
): Report {
  const at = now();
  const history = historyNow(mapSite);
  const report = buildReport({
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
      ...(reason === 'exit' && isDrained() && { isDrained: true }),
    },
    root: rootTask,
    running: currentTask(),
    loop: loopSource(),
    profile: profileSource(),
    telemetry: telemetryNow(),
    notes: notes(),
    ignoredRules: ignoredRules(),
    now: at,
    wallTime: wallTime(at),
    mapSite,
  });
  return history === null ? report : { ...report, history };
}

/** The working directory, or / where it was removed. */
function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return '/';
  }
}
