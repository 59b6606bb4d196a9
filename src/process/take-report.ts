// Joins the registry, the context and the process into one report.
import { isAbsolute } from 'node:path';
import { threadId } from 'node:worker_threads';
import type { ResourceRecord } from '../channels/resource.ts';
import type { Site } from '../channels/site.ts';
import { buildReport } from '../report/build.ts';
import type { TaskRecord } from '../channels/task.ts';
import type { ProcessEntry, Reason, Report, TestEntry } from '../report/format.ts';
import { now, wallTime } from '../runtime/clock.ts';
import { currentTask, rootTask } from '../runtime/context.ts';
import { ignoredRules } from '../runtime/ignored-rules.ts';
import { notes } from '../runtime/notes.ts';
import { SiteMapper } from '../runtime/source-map.ts';
import { startRegistry } from '../subscribers/registry.ts';
import { isDrained } from './drained.ts';
import { handlesNow } from './handle-source.ts';
import { historyNow } from './history-source.ts';
import { loopSource } from './loop-source.ts';
import { profileSource } from './profile-source.ts';
import { telemetryNow } from './telemetry-source.ts';
import { currentTest } from './test-source.ts';

/** What is pending in this thread now. */
export function takeReport(reason: Reason = 'asked', exitCode: number | null = null): Report {
  const mapper = new SiteMapper();
  const mapSite = (site: Site): Site => mapper.map(site);
  const report = takeUnmapped(reason, exitCode, mapSite);
  const handles = handlesNow(reason, mapSite);
  return handles === null ? report : { ...report, handles };
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
    process: { ...thisProcess(at), exitCode, ...(reason === 'exit' && isDrained() && { isDrained: true }) },
    test: currentTest() ?? undefined,
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

/** What a report of one test is about: its tasks, and the resources that nobody of them may know any more. */
export interface TestPart {
  readonly test: TestEntry;
  readonly tasks: readonly TaskRecord[];
  readonly resources: readonly ResourceRecord[];
}

/** What is pending of one test, with ages as of a moment on the runtime clock: to read the memory takes a while. */
export function takeTestReport(
  { test, tasks, resources }: TestPart,
  mapSite: (site: Site) => Site,
  at: number = now(),
): Report {
  return buildReport({
    tasks,
    resources,
    dropped: { tasks: 0, resources: 0 },
    reason: 'test',
    process: thisProcess(at),
    test,
    root: rootTask,
    isPart: true,
    running: test.problem === 'blocked' ? currentTask() : null,
    loop: test.problem === 'blocked' ? loopSource() : null,
    profile: null,
    telemetry: null,
    now: at,
    wallTime: wallTime(at),
    mapSite,
  });
}

function thisProcess(at: number): ProcessEntry {
  const [, script] = process.argv;
  return {
    pid: process.pid,
    parentPid: process.ppid,
    threadId,
    command: process.argv.slice(1).join(' '),
    ...(script !== undefined && isAbsolute(script) && { script }), // of `node --eval` it is an argument
    directory: workingDirectory(),
    node: process.versions.node,
    uptimeMs: Math.round(at),
    exitCode: null,
  };
}

/** The working directory, or / where it was removed. */
function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return '/';
  }
}
