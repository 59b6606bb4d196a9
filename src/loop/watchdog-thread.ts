// The watchdog thread: sleeps while the main thread's loop beats, and looks at what runs there when a beat stays out. Its
// streams go through the main thread, which is the one that does not answer: what it has to say it writes to descriptor 2.
import { existsSync, readFileSync, rmSync } from 'node:fs';

import { workerData } from 'node:worker_threads';
import { complain } from '../runtime/complain.ts';
import { isDebuggerAttached } from './debugger.ts';
import { Look } from './look.ts';
import { Oversleeping } from './oversleeping.ts';
import { pause } from './pause.ts';
import { Pulse, systemClock } from './pulse.ts';
import { activityOf, schedulingOf } from './scheduling.ts';
import { reportStuck, type StuckOptions } from './stuck.ts';

/** What the main thread tells the thread when it starts it. */
export interface WatchdogData extends StuckOptions {
  readonly buffer: SharedArrayBuffer;
  /** A file which, once it is there, asks a blocked loop for a report; its content is the reason. */
  readonly askedFile: string | null;
  /** A file that is there while the main thread reports: it is asked when it has. */
  readonly reportingFile: string | null;
}

const data = workerData as WatchdogData;
const pulse = new Pulse(data.buffer);

const tickMs = 10;
const attachedMs = 50;
const longestSleepMs = 500;
const unarmedSleepMs = 50;
/** From one round of looks to the next. */
const backOff = 1.5;
const askedEveryMs = 100;

let aliveAt = systemClock();
let askedCheckAt = 0;

process.on('uncaughtException', (error) => complain('the watchdog of the loop failed', error));
pulse.watch();
void watch();

async function watch(): Promise<void> {
  try {
    while (!pulse.stopped) {
      if (untilLateMs() > 0) sleepUntilLate();
      else await examine();
    }
  } catch (error) {
    complain('the watchdog of the loop failed', error);
  }
}

/** How long the loop has until it is late. For the time in which this thread did not run either, it is not. */
function untilLateMs(): number {
  if (!pulse.armed) return isTimeToReport(systemClock() - aliveAt) === null ? unarmedSleepMs : 0;
  return Math.max(pulse.beatAt, aliveAt) + pulse.thresholdMs - systemClock();
}

function sleepUntilLate(): void {
  const oversleeping = new Oversleeping(Math.min(untilLateMs(), longestSleepMs));
  pulse.baseline = schedulingOf(pulse.systemId) ?? { cpuMs: Number.NaN, waitMs: Number.NaN };
  pulse.sleep(oversleeping.plannedMs);
  const stoppedMs = oversleeping.stoppedMs();
  if (stoppedMs === null) return;
  pulse.stoppedMs += stoppedMs;
  if (pulse.armed) aliveAt = systemClock();
}

/** Sees a block to its end. */
async function examine(): Promise<void> {
  const { sequence } = pulse;
  const since = pulse.armed ? Math.max(pulse.beatAt, aliveAt) : aliveAt;
  let nextMs = pulse.thresholdMs;
  let round = 0;
  let look: Look | null = null;
  let givenAsStuck = false;
  while (!pulse.stopped && pulse.sequence === sequence) {
    if (isDebuggerAttached(pulse.inspectorPort)) {
      await pause(attachedMs);
      continue;
    }
    const blockedMs = systemClock() - since;
    const reason = isTimeToReport(blockedMs, givenAsStuck);
    if (reason !== null) {
      givenAsStuck ||= reason === 'stuck';
      if (data.askedFile !== null) rmSync(data.askedFile, { force: true }); // asked once, answered once
      look?.close();
      await reportStuck(pulse, data, { reason, blockedMs, activity: activityOf(pulse.systemId) });
    } else if (pulse.armed && blockedMs >= nextMs && look?.done !== false) {
      look = new Look(pulse, sequence, round++);
      nextMs = Math.max(nextMs, blockedMs) * backOff;
    }
    await tick();
  }
  // It is answered late, and until then a timer has to keep this thread alive: a session does not.
  while (isAwaited(look) && !pulse.stopped) await tick();
  look?.close();
}

function isAwaited(look: Look | null): boolean {
  return look?.done === false;
}

/** The reason for a report of a loop that does not return, or null. */
function isTimeToReport(blockedMs: number, givenAsStuck = false): string | null {
  const { askedFile, reportingFile } = data;
  const afterMs = pulse.stuckAfterMs;
  if (afterMs !== null && blockedMs >= afterMs && !givenAsStuck) return 'stuck';
  if (askedFile === null || systemClock() < askedCheckAt) return null;
  askedCheckAt = systemClock() + askedEveryMs;
  if (!existsSync(askedFile) || (reportingFile !== null && existsSync(reportingFile))) return null;
  const reason = readFileSync(askedFile, 'utf8');
  return reason === '' ? null : reason;
}

async function tick(): Promise<void> {
  const oversleeping = new Oversleeping(tickMs);
  await pause(tickMs);
  pulse.stoppedMs += oversleeping.stoppedMs() ?? 0;
}
