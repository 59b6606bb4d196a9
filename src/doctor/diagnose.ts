// A recording → a diagnosis. Pure: all that is looked for, in one list.
import type { SiteEntry } from '../report/format.ts';
import type { Recording, ThreadRecording } from '../report/recording.ts';
import { errorNote } from './answers.ts';
import { blockedLoop } from './blocked-loop.ts';
import { busyElsewhere } from './busy-elsewhere.ts';
import { endedFinding } from './ended.ts';
import { fanOut } from './fan-out.ts';
import { figuresOf, isEnough, isLongEnough, threadName, verdictWithout } from './figures.ts';
import { diagnosisFormat, diagnosisVersion, type Diagnosis, type FoundIn } from '../report/diagnosis.ts';
import type { Disease } from './disease.ts';
import { gcPressure } from './gc-pressure.ts';
import { growingQueue } from './growing-queue.ts';
import { largeJson } from './large-json.ts';
import { leakedHandles } from './leaked-handles.ts';
import { leakedMemory } from './leaked-memory.ts';
import { leakedTasks } from './leaked-tasks.ts';
import { followedPart, operationRows } from './operation-rows.ts';
import { slowDependency } from './slow-dependency.ts';
import { smallPool } from './small-pool.ts';
import { syncFiles } from './sync-files.ts';
import { viewOf } from './thread-view.ts';
import { timerStorm } from './timer-storm.ts';
import { percent, time } from './wording.ts';

const diseases: readonly Disease[] = [
  blockedLoop,
  largeJson,
  syncFiles,
  gcPressure,
  timerStorm,
  fanOut,
  smallPool,
  slowDependency,
  busyElsewhere,
  growingQueue,
  leakedHandles,
  leakedTasks,
  leakedMemory,
];
const mostFindings = 10;
const leastStarved = 0.2;
const leastSlowMs = 50;
const mostIdle = 0.5;
/** Of what serves itself more is known than of what helps another thread. */
const ofHelpers = 0.5;
/** What is seen of other threads says more than that one was not. */
const ofSilence = 0.2;

/** What ails a program, the heaviest first. */
export function diagnose(recording: Recording): Diagnosis {
  const { threads, command, notes, silent, awaitNs } = recording;
  const found = [
    ...endedFinding(recording),
    ...silent.filter((thread) => !isHelper(thread, threads)).map(silentFinding),
    ...threads.filter(isLongEnough).flatMap((thread) => findingsOf(thread, threads)),
  ];
  const findings = joinThreads(found).slice(0, mostFindings);
  const isSeen = threads.some((thread) => isEnough(thread));
  const lost = recording.lost ?? [];
  const [worst] = findings;
  const first: Pick<Diagnosis, 'verdict' | 'sentence'> =
    worst === undefined ? verdictWithout(recording, isSeen) : { verdict: 'ill', sentence: worst.verdict };
  return {
    format: diagnosisFormat,
    version: diagnosisVersion,
    ...first,
    figures: figuresOf(threads),
    findings,
    operations: operationRows(threads),
    followed: followedPart(threads),
    notes: [
      ...(awaitNs === null ? [] : [deepNote(awaitNs)]),
      ...errorNote(recording),
      ...lost.map((thread) => `${threadName(thread)} ended without leaving its recording`),
      ...silent.filter((thread) => isHelper(thread, threads)).map(helperNote),
      ...(findings.length === 0 ? threads.flatMap(unseenNote) : []),
      ...(isSeen ? starvedNote(threads) : []),
      ...notes,
    ],
    directory: threads[0]?.report.process.directory ?? '',
    command,
  };
}

function findingsOf(thread: ThreadRecording, threads: readonly ThreadRecording[]): FoundIn[] {
  const view = viewOf(thread);
  // What starts a server is busy for a while, and answers nobody.
  const share = thread.requests === null && threads.some(({ requests }) => requests !== null) ? ofHelpers : 1;
  const { pid, threadId } = thread.report.process;
  const found = diseases.flatMap((disease) => disease(view));
  const leaks = found.filter(({ disease }) => disease === 'leaked-handles');
  const leaking = new Set(leaks.map(({ at }) => lineKey(at)));
  // What is never ended is many at the same time, and no crowd.
  const told = found.filter(({ disease, at }) => disease !== 'fan-out' || at === null || !leaking.has(lineKey(at)));
  return told.map((finding) =>
    Object.assign({ threads: [{ pid, threadId }] }, finding, { weight: finding.weight * share }),
  );
}

function lineKey(at: SiteEntry | null): string {
  return `${at?.file}:${at?.line}`;
}

/** Where the machine had no processor for it, times are longer than the program's own. */
function starvedNote(threads: readonly ThreadRecording[]): string[] {
  const shares = threads.map(({ turns }) =>
    turns === null ? 0 : (turns.processorWaitMs ?? 0) / Math.max(1, turns.observedMs),
  );
  const most = Math.min(1, Math.max(0, ...shares));
  return most < leastStarved
    ? []
    : [
        `For ${percent(most)} of the time its thread was ready to run and had no processor: the machine is short of them, and times are longer for it.`,
      ];
}

function deepNote({ with: withIt, without }: NonNullable<Recording['awaitNs']>): string {
  return `With --deep an await cost ${withIt} ns here, and ${without} ns without: shares of short work are not those of the program alone.`;
}

/** A thread whose loop did not return to say anything. */
function silentFinding(thread: Recording['silent'][number]): FoundIn {
  return {
    disease: 'blocked-loop',
    weight: ofSilence,
    verdict: `The loop of ${threadName(thread)} did not answer: it is blocked in native code, stopped, or has no processor.`,
    evidence: ['A synchronous call that waits (execSync, Atomics.wait, a lock of the system) cannot be looked into.'],
    advice: 'loopscope run --stuck-after 2s says what was pending before; look for functions whose names end in Sync.',
    at: null,
    threads: [thread],
  };
}

/** Healthy, and slow all the same: what its requests wait for belongs to no library that is known. */
function unseenNote(thread: ThreadRecording): string[] {
  const { isServing, requestMs, requests, utilization } = viewOf(thread);
  if (!isServing || requestMs / requests < leastSlowMs || utilization > mostIdle) return [];
  return [
    `A request took ${time(requestMs / requests)}, and the loop was busy ${percent(utilization)} of the time: requests wait for what is not seen here, such as a timer or a socket of the program's own. loopscope tree says at which await, while the load runs.`,
  ];
}

/** A worker thread of a process that was seen. */
function isHelper({ pid, threadId }: Recording['silent'][number], threads: readonly ThreadRecording[]): boolean {
  return threadId !== 0 && threads.some(({ report }) => report.process.pid === pid);
}

/** An idle worker of piscina waits so for its next job. */
function helperNote(thread: Recording['silent'][number]): string {
  return `${threadName(thread)} did not answer: it waits in a call such as Atomics.wait, as idle workers of some pools do, or is blocked there.`;
}

/** The same in several threads or processes is one finding: that of where it is heaviest. */
function joinThreads(findings: readonly FoundIn[]): FoundIn[] {
  const joined = new Map<string, FoundIn>();
  for (const finding of findings.toSorted((a, b) => b.weight - a.weight)) {
    const { disease, at, verdict } = finding;
    const key = `${disease} ${at === null ? verdict : `${at.file}:${at.line}`}`;
    const known = joined.get(key);
    joined.set(key, known === undefined ? finding : { ...known, threads: [...known.threads, ...finding.threads] });
  }
  return [...joined.values()];
}
