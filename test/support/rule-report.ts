// Reports for rules, by hand: nothing is in them but what a test says.
import type {
  HolderEntry,
  Report,
  ResourceEntry,
  StatisticsEntry,
  TaskEntry,
  Target,
  WaitEntry,
} from '../../src/report/format.ts';
import { emptyParts } from '../../src/report/empty.ts';
import { rules, type Warning } from '../../src/rules/index.ts';
import { askRules } from '../../src/rules/check.ts';
import { siteOf } from './await-report.ts';

/** A process that is up for an hour, with nothing pending. */
export function reportOf({ process, ...fields }: Partial<Omit<Report, 'process'>> & ProcessFields = {}): Report {
  return {
    format: 'loopscope-report',
    version: 1,
    reason: 'signal',
    takenAt: '2026-01-01T00:00:00.000Z',
    process: {
      pid: 4242,
      parentPid: 1,
      threadId: 0,
      command: '/srv/shop/server.js',
      directory: '/srv/shop',
      node: '24.21.0',
      uptimeMs: 3_600_000,
      exitCode: null,
      ...process,
    },
    ...emptyParts,
    ...fields,
  };
}

interface ProcessFields {
  readonly process?: Partial<Report['process']>;
}

export function taskOf(id: number, name: string, fields: Partial<TaskEntry> = {}): TaskEntry {
  return {
    id,
    name,
    kind: 'task',
    state: fields.waits === undefined ? 'pending' : 'waiting',
    ageMs: 600_000,
    started: true,
    createdBy: null,
    createdAt: siteOf(`src/${name}.ts:1`),
    waits: [],
    progress: null,
    parked: null,
    ...fields,
  };
}

export function waitOf(
  kind: WaitEntry['kind'],
  on: ResourceEntry | TaskEntry | null,
  forMs: number,
  fields: Partial<WaitEntry> = {},
): WaitEntry {
  return { kind, on: on === null ? null : targetOf(on), forMs, leftMs: null, at: siteOf('src/wait.ts:7'), ...fields };
}

function targetOf(on: ResourceEntry | TaskEntry): Target {
  return { type: 'statistics' in on ? 'resource' : 'task', id: on.id, kind: on.kind, name: on.name };
}

export function resourceOf(
  id: number,
  name: string,
  statistics: StatisticsEntry,
  fields: Partial<ResourceEntry> = {},
): ResourceEntry {
  return {
    id,
    kind: statistics.kind,
    name,
    ageMs: 600_000,
    createdAt: siteOf(`src/${name}.ts:1`),
    statistics,
    holders: [],
    lastTaker: null,
    ...fields,
  };
}

export function holderOf(task: { id: number; name: string }, forMs: number, settled = false): HolderEntry {
  return { task: { id: task.id, name: task.name }, forMs, at: siteOf('src/take.ts:3'), settled };
}

/** What one rule finds. Throws if it fails, or cannot tell. */
export function warningsOf(name: string, report: Report, threshold?: number): readonly Warning[] {
  const rule = rules.filter((each) => each.name === name);
  const [result] = askRules(rule, report, threshold === undefined ? {} : { thresholds: { [name]: threshold } });
  if (result === undefined || result.answer === 'unknown')
    throw new Error(`${name}: ${result?.reason ?? 'no such rule'}`);
  return result.warnings;
}

/** The messages alone. */
export function messagesOf(name: string, report: Report, threshold?: number): string[] {
  return warningsOf(name, report, threshold).map(({ message }) => message);
}
