// What was measured of the program as a whole, and what to say where nothing ails it.
import type { Diagnosis } from '../report/diagnosis.ts';
import type { Recording, ThreadRecording, Work } from '../report/recording.ts';
import { count } from '../report/phrases.ts';
import { delayP99 } from '../report/turn-delay.ts';
import { mostlyErrors } from './answers.ts';
import { hasFailed, howItEnded } from './ended.ts';
import { pathsByPlace, viewOf, fewestRequests } from './thread-view.ts';
import { number, percent, time } from './wording.ts';

const leastSeenMs = 1000;
const leastBusyMs = 100;
/** Of one place, where a thread ran for less than a second. */
const leastOwnMs = 300;
/** What the first second of a thread is full of: modules are read, compiled and evaluated. */
const ofLoading: ReadonlySet<Work> = new Set(['node', 'package', 'sync file']);
const fullLoad = 0.9;
/** Of a loop that is busier, and that nobody could look into, nobody knows that it is healthy. */
const mostBlind = 0.3;

/** Whether enough was seen of a thread to say that nothing ails it: some requests, or for long enough some work. */
export function isEnough(thread: ThreadRecording): boolean {
  const { profile, port, observedMs, turns } = thread;
  if (port !== null) return viewOf(thread).requests >= fewestRequests;
  const ranMs = observedMs - (turns?.processorWaitMs ?? 0); // on a machine that is short of processors a start takes long
  return ranMs >= leastSeenMs && (profile === null || profile.busyMs >= leastBusyMs);
}

/** What a thread does that serves nobody is its start, for the first second: unless it is mostly one thing of the program's own. */
export function isLongEnough({ port, observedMs, profile }: ThreadRecording): boolean {
  if (port !== null || observedMs >= leastSeenMs) return true;
  const most = pathsByPlace(profile?.paths ?? []).find(({ work }) => !ofLoading.has(work));
  return most !== undefined && most.ms >= leastOwnMs && most.ms >= (profile?.busyMs ?? 0) / 2;
}

/** The verdict, and the first line, where nothing was found. */
export function verdictWithout(recording: Recording, isSeen: boolean): Pick<Diagnosis, 'verdict' | 'sentence'> {
  const doubt = doubtOf(recording, isSeen);
  if (doubt !== null) return { verdict: 'unknown', sentence: doubt };
  const isFull = recording.threads.some((thread) => viewOf(thread).ownUtilization >= fullLoad);
  const full = isFull ? ' Its loop had no time left: this is about the most that one thread can do.' : '';
  const sentence = `Healthy: it ${whatItDid(recording)}, and nothing of its own held it up.${full}`;
  return { verdict: 'healthy', sentence };
}

function requestsOf({ threads }: Recording): number {
  return threads.reduce((sum, { requests }) => sum + (requests?.finished ?? 0), 0);
}

function whatItDid(recording: Recording): string {
  const requests = requestsOf(recording);
  const ms = time(activeMs(recording.threads));
  return requests > 0
    ? `answered ${count(requests, 'request').replace(/^\d+/, number(requests))} in ${ms}`
    : `ran for ${ms}`;
}

/** Why it cannot be called healthy; null where it can. */
function doubtOf(recording: Recording, isSeen: boolean): string | null {
  const { threads, durationMs, load, exit } = recording;
  const end = howItEnded(recording);
  if (threads.length === 0) {
    const what = exit === null ? '' : ` It ended after ${time(durationMs)}${end}.`;
    return `Not enough seen: no process of it left a recording.${what}${permissionHint(recording)}`;
  }
  const [lost] = recording.lost ?? [];
  if (lost !== undefined) return `Not enough seen: ${threadName(lost)} ended without leaving its recording.`;
  const errors = mostlyErrors(recording);
  if (errors !== null) return `Not enough seen: ${errors}.`;
  if (isSeen && isBlind(threads)) {
    const busy = percent(Math.max(...threads.map((thread) => viewOf(thread).utilization)));
    return `Not enough seen: its loop was busy ${busy} of the time, and without an inspector it cannot be said with what (--permission needs --allow-inspector).`;
  }
  if (isSeen && hasFailed(recording)) {
    return `It ended${end}; it ${whatItDid(recording)}, and nothing of its own held it up until then.`;
  }
  if (isSeen) return null;
  const isServer = threads.some(({ port }) => port !== null);
  if (isServer) {
    const requests = requestsOf(recording);
    const come = requests === 0 ? 'no request came' : `only ${count(requests, 'request')} came`;
    const failure = load?.hasEnded === true ? (load.exitCode ?? 0) : 0; // null where a signal ended it, as Ctrl-C does
    if (failure !== 0) return `Not enough seen: the load failed with exit code ${failure}, and ${come}.`;
    return `Not enough seen: ${come}${load === null ? "; put it under load with --on-port 'COMMAND'" : ''}.`;
  }
  if (exit !== null && load !== null) {
    return `Not enough seen: it ended after ${time(durationMs)}${end}, before it listened at a port.`;
  }
  if (hasFailed(recording)) return `Not enough seen: it ended after ${time(durationMs)}${end}.`;
  return `Not enough seen: it ran for ${time(durationMs)}, and did next to nothing.`;
}

/** Whether a thread did much that nobody could look into. */
function isBlind(threads: readonly ThreadRecording[]): boolean {
  return threads.some((thread) => thread.profile === null && viewOf(thread).utilization >= mostBlind);
}

/** What a program needs that may not write. */
function permissionHint({ command }: Recording): string {
  return /(?:^|\s)--permission(?:\s|$)/.test(command)
    ? ' With --permission it needs --allow-fs-write for loopscope-* in the folder of temporary files, and --allow-inspector.'
    : '';
}

/** `pid 42`, `worker thread 2 of pid 42`. */
export function threadName({ pid, threadId }: { readonly pid: number; readonly threadId: number }): string {
  return threadId === 0 ? `pid ${pid}` : `worker thread ${threadId} of pid ${pid}`;
}

/** One line for each thread that did anything. */
export function figuresOf(threads: readonly ThreadRecording[]): string[] {
  return threads.filter((thread) => isWorthALine(thread, threads)).map(figureOf);
}

function isWorthALine({ requests, processor }: ThreadRecording, threads: readonly ThreadRecording[]): boolean {
  return threads.length === 1 || requests !== null || processor.threadMs >= leastBusyMs;
}

function figureOf(thread: ThreadRecording, _index: number, all: readonly ThreadRecording[]): string {
  const view = viewOf(thread);
  const { requests, turns, profile, report } = thread;
  const who = all.length === 1 ? '' : `${nameOf(report.process)}: `;
  const parts = [
    ...(requests === null || requests.finished === 0
      ? []
      : [
          `${number(requests.finished)} requests, ${number(view.perSecond(requests.finished))} a second, ${time(requests.totalMs / requests.finished)} each`,
        ]),
    `loop busy ${percent(view.utilization)}`,
    ...(turns === null ? [] : [`99 % wait less than ${time(delayP99(turns))} for it`]),
    ...(profile === null
      ? []
      : [`garbage collection ${percent(profile.gcMs / Math.max(1, view.activeMs, profile.busyMs))}`]),
  ];
  const [hottest] = pathsByPlace(profile?.paths ?? []);
  const hot =
    hottest === undefined ? '' : `; most at ${view.line(hottest.at)} (${percent(view.shareOfBusy(hottest.ms))})`;
  return `${who}${parts.join(', ')}${hot}`;
}

/** `pid 4242 (server.js)`, `pid 4242, thread 2`. */
function nameOf({ pid, threadId, command }: ThreadRecording['report']['process']): string {
  if (threadId !== 0) return `pid ${pid}, thread ${threadId}`;
  const script = /[^/\\\s]+(?=\s|$)/.exec(command ?? '')?.[0];
  return script === undefined ? `pid ${pid}` : `pid ${pid} (${script})`;
}

function activeMs(threads: readonly ThreadRecording[]): number {
  return Math.max(...threads.map((thread) => thread.activeMs));
}
