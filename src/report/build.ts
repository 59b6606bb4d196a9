// Turns the live records into a report: plain data that stays as it is while the program goes on.
import type { Hold, LineEntry, ResourceRecord } from '../channels/resource.ts';
import type { ResourceStatistics } from '../channels/statistics.ts';
import type { Site } from '../channels/site.ts';
import type { CancelRequest, RetryProgress, TaskRecord } from '../channels/task.ts';
import type { WaitMembers, WaitRecord } from '../channels/wait.ts';
import { buildLoop, type LoopSource } from './build-loop.ts';
import { buildProfile, type ProfileSource } from './build-profile.ts';
import { findCycles } from './cycles.ts';
import { errorLine } from './error-line.ts';
import {
  reportFormat,
  reportVersion,
  type HolderEntry,
  type ProcessEntry,
  type ProgressEntry,
  type Reason,
  type Report,
  type ResourceEntry,
  type SiteEntry,
  type StatisticsEntry,
  type Target,
  type TaskEntry,
  type TaskState,
  type TelemetryEntry,
  type TestEntry,
  type WaitEntry,
} from './format.ts';
import { resourceName } from './resource-name.ts';

// Of tasks, of resources, and of the waits of one task: a report is a document, and has to fit into one string.
const mostEntries = 100_000;

/** The live records that a report is about. */
export interface LiveSources {
  readonly tasks: readonly TaskRecord[];
  readonly resources: readonly ResourceRecord[];
  /** Owns what waits and holds outside of tasks. */
  readonly root: TaskRecord;
  /** Whether these are only some: then nothing is in the report but them and what they wait for. Default false. */
  readonly isPart?: boolean;
  /** The task that runs now. */
  readonly running: TaskRecord | null;
  /** The runtime clock. */
  readonly now: number;
  /** Takes a site through source maps. */
  readonly mapSite: (site: Site) => SiteEntry;
}

/** What a report is built from. */
export interface Sources extends LiveSources {
  readonly reason: Reason;
  readonly process: ProcessEntry;
  /** What the report is about in a test run. */
  readonly test?: TestEntry | undefined;
  readonly dropped: { readonly tasks: number; readonly resources: number };
  /** What was measured of the loop; null where nobody did. */
  readonly loop: LoopSource | null;
  /** A CPU profile that is finished; null where there is none. */
  readonly profile: ProfileSource | null;
  /** What became of spans; null where none are made. */
  readonly telemetry: TelemetryEntry | null;
  /** What else a reader should know. */
  readonly notes?: readonly string[];
  /** What the program does not want to be warned of. */
  readonly ignoredRules?: readonly string[];
  /** The wall clock at the same moment as `now`, milliseconds since 1970. */
  readonly wallTime: number;
}

/** Builds a report. What tasks wait for is in it even if the registry does not know it. */
export function buildReport(sources: Sources): Report {
  const { tasks, resources } = reachable(sources);
  const taskEntries = tasks.slice(0, mostEntries).map((task) => taskEntry(task, sources));
  const resourceEntries = resources.map((resource) => resourceEntry(resource, sources)).filter(isInUse);
  return {
    format: reportFormat,
    version: reportVersion,
    reason: sources.reason,
    takenAt: new Date(sources.wallTime).toISOString(),
    process: sources.process,
    ...(sources.test !== undefined && { test: sources.test }),
    tasks: taskEntries,
    resources: resourceEntries.slice(0, mostEntries),
    cycles: findCycles(taskEntries, resourceEntries),
    awaits: null,
    loop: sources.loop === null ? null : buildLoop(sources.loop, sources.profile, sources.mapSite),
    profile: sources.profile === null ? null : buildProfile(sources.profile),
    telemetry: sources.telemetry,
    ...(sources.notes !== undefined && sources.notes.length > 0 && { notes: sources.notes }),
    ...(sources.ignoredRules !== undefined &&
      sources.ignoredRules.length > 0 && { ignoredRules: sources.ignoredRules }),
    dropped: {
      tasks: sources.dropped.tasks + tasks.length - taskEntries.length,
      resources: sources.dropped.resources + Math.max(0, resourceEntries.length - mostEntries),
    },
  };
}

/** The wait cycles among these tasks and what they wait for, with the tasks in them: a report of nothing else. */
export function buildCycles(sources: LiveSources): Pick<Report, 'cycles' | 'tasks'> {
  const { tasks, resources } = reachable(sources);
  const taskEntries = tasks.map((task) => taskEntry(task, sources));
  const resourceEntries = resources.map((resource) => resourceEntry(resource, sources));
  const cycles = findCycles(taskEntries, resourceEntries);
  const inCycles = new Set(cycles.flatMap(({ steps }) => steps.map(({ task }) => task)));
  return { cycles, tasks: taskEntries.filter(({ id }) => inCycles.has(id)) };
}

/** All pending tasks and resources: those known, those that known ones wait for, and who holds these. */
function reachable({ tasks, resources, root, isPart = false }: LiveSources): {
  tasks: TaskRecord[];
  resources: ResourceRecord[];
} {
  const allTasks = new Set<TaskRecord>(tasks);
  const allResources = new Set<ResourceRecord>(resources);
  if (root.waits !== null && !isPart) allTasks.add(root);
  for (const resource of allResources) addHolders(resource);
  for (const task of allTasks) {
    for (let wait = task.waits; wait !== null; wait = wait.older) {
      const { on, members } = wait;
      if (members != null) for (const member of members.pending()) if (member.on !== null) allTasks.add(member.on);
      if (on === null) continue;
      if (isTask(on)) allTasks.add(on);
      else if (!allResources.has(on)) {
        allResources.add(on);
        addHolders(on);
      }
    }
  }
  function addHolders(resource: ResourceRecord): void {
    for (const { task } of resource.holders()) if (task !== root) allTasks.add(task);
  }
  return {
    tasks: [...allTasks].filter(({ settlement }) => settlement === null).toSorted((a, b) => a.id - b.id),
    resources: [...allResources].toSorted((a, b) => a.id - b.id),
  };
}

function taskEntry(task: TaskRecord, sources: LiveSources): TaskEntry {
  const waits: WaitEntry[] = [];
  for (let wait = task.waits; wait !== null && waits.length < mostEntries; wait = wait.older) {
    const { members } = wait;
    if (members == null) waits.push(waitEntry(wait, sources));
    else for (const entry of memberEntries(wait, members, mostEntries - waits.length, sources)) waits.push(entry);
  }
  const { id, origin, startedAt, parent, progress } = task;
  return {
    id,
    name: origin.name,
    kind: origin.kind,
    state: stateOf(task, sources.running),
    ageMs: elapsed(task.createdAt, sources.now),
    started: startedAt !== null || id === 0,
    createdBy: parent === null ? null : nameOf(parent),
    createdAt: origin.site === null ? null : sources.mapSite(origin.site),
    waits: waits.toReversed(),
    progress: progress === null || progress === undefined ? null : progressEntry(progress, sources.now),
    ...(task.request !== undefined && { request: task.request }),
    ...(task.cancelRequest != null && { cancelRequest: requestEntry(task.cancelRequest, sources) }),
    parked: null,
  };
}

function requestEntry({ count, since }: CancelRequest, { now }: LiveSources): { count: number; forMs: number } {
  return { count, forMs: elapsed(since, now) };
}

function stateOf(task: TaskRecord, running: TaskRecord | null): TaskState {
  if (task === running) return 'running';
  return task.waits === null && task.origin.kind !== 'group' ? 'pending' : 'waiting';
}

function waitEntry(wait: WaitRecord, sources: LiveSources): WaitEntry {
  const { now, mapSite } = sources;
  const { kind, on, since, until, site, mode, operation } = wait;
  return {
    kind,
    on: on === null ? null : targetOf(on, sources),
    ...(mode !== undefined && { mode }),
    ...(operation !== undefined && { operation }),
    forMs: elapsed(since, now),
    leftMs: until === null || until === Infinity ? null : elapsed(now, until),
    at: site === null ? null : mapSite(site),
  };
}

/** One entry for each pending member, last first, as all waits of a task are at first. */
function memberEntries(wait: WaitRecord, members: WaitMembers, most: number, sources: LiveSources): WaitEntry[] {
  const { by: of, count, any } = members;
  const entry = waitEntry(wait, sources);
  const entries: WaitEntry[] = [];
  for (const { index, on } of members.pending()) {
    if (entries.length === most) break;
    entries.push({ ...entry, on: on === null ? null : targetOf(on, sources), part: { of, index, count, any } });
  }
  return entries.length === 0 ? [entry] : entries.toReversed();
}

function resourceEntry(resource: ResourceRecord, sources: LiveSources): ResourceEntry {
  const { id, kind, createdAt, site, lastTaker } = resource;
  return {
    id,
    kind,
    name: resourceName(resource, sources.mapSite),
    ageMs: elapsed(createdAt, sources.now),
    createdAt: site === null ? null : sources.mapSite(site),
    statistics: statisticsEntry(resource.statistics(), sources.now),
    holders: Array.from(resource.holders(), (hold) => holderEntry(hold, sources)),
    ...(resource.line !== undefined && { line: lineEntries(resource.line()) }),
    lastTaker:
      lastTaker === null || lastTaker === undefined
        ? null
        : { ...nameOf(lastTaker), settled: lastTaker.settlement !== null },
  };
}

function statisticsEntry(statistics: ResourceStatistics, now: number): StatisticsEntry {
  switch (statistics.kind) {
    case 'retry':
      return { kind: 'retry', ...progressEntry(statistics, now) };
    case 'breaker': {
      const { since, nextAt, lastError, ...rest } = statistics;
      return {
        ...rest,
        forMs: elapsed(since, now),
        nextInMs: nextAt === null ? null : elapsed(now, nextAt),
        lastError: lastError === undefined ? null : errorLine(lastError),
      };
    }
    default:
      return statistics;
  }
}

function isInUse({ statistics: now, holders }: ResourceEntry): boolean {
  if (holders.length > 0) return true;
  switch (now.kind) {
    case 'queue':
      return (now.depth ?? 0) + now.putters + now.getters + now.unfinished > 0;
    case 'retry':
      return now.lastError !== null;
    case 'rwlock':
      return now.waitingReaders + now.waitingWriters > 0;
    case 'barrier':
      return now.waiters > 0 || now.state === 'broken';
    case 'breaker':
      return now.state !== 'closed';
    case 'pool':
      return now.borrowed + now.pending + now.waiters > 0;
    case 'executor':
      return now.busy + now.queued > 0;
    case 'cache':
      return now.loading > 0;
    case 'stream':
      return !now.isClosed;
    case 'client':
      return now.pending > 0;
    case 'errors':
      return false;
    case 'lock':
    case 'semaphore':
      return now.held + now.waiters > 0;
    default:
      return now.waiters > 0;
  }
}

function lineEntries(line: Iterable<LineEntry>): ResourceEntry['line'] & object {
  return Array.from(line, ({ task, mode }) => ({ task: nameOf(task), mode }));
}

function holderEntry({ task, since, site, mode }: Hold, { now, mapSite }: LiveSources): HolderEntry {
  return {
    task: nameOf(task),
    forMs: elapsed(since, now),
    at: site === null ? null : mapSite(site),
    ...(mode !== undefined && { mode }),
    settled: task.settlement !== null,
  };
}

function progressEntry({ attempt, limit, lastError, nextAt }: RetryProgress, now: number): ProgressEntry {
  return {
    attempt,
    limit,
    lastError: lastError === undefined ? null : errorLine(lastError),
    nextInMs: nextAt === null ? null : elapsed(now, nextAt),
  };
}

function isTask(on: TaskRecord | ResourceRecord): on is TaskRecord {
  return 'origin' in on;
}

function targetOf(on: TaskRecord | ResourceRecord, { mapSite }: LiveSources): Target {
  return isTask(on)
    ? { type: 'task', id: on.id, kind: on.origin.kind, name: on.origin.name }
    : { type: 'resource', id: on.id, kind: on.kind, name: resourceName(on, mapSite) };
}

function nameOf({ id, origin }: TaskRecord): { id: number; name: string } {
  return { id, name: origin.name };
}

/** Milliseconds from one moment to another, to a tenth. */
function elapsed(from: number, to: number): number {
  return Math.max(0, Math.round((to - from) * 10) / 10);
}
