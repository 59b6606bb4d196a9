// Watches the loop of a thread: its timer beats in shared memory, a thread of its own looks at what runs when a beat
// stays out, and when the loop is back, what blocked it is published once.
import { url } from 'node:inspector';
import { threadId, type Worker } from 'node:worker_threads';
import { loopBlocked, type BlockRecord } from '../channels/loop.ts';
import { now } from '../runtime/clock.ts';
import { complain } from '../runtime/complain.ts';
import { ownTimeMs } from '../runtime/own-time.ts';
import { findCulprit, isStart } from './culprit.ts';
import { isDebuggerAttached, portOf } from './debugger.ts';
import { LoopTimes, type Lateness } from './loop-times.ts';
import { Probe } from './probe.ts';
import { Pulse, systemClock } from './pulse.ts';
import { ownScheduling, ownSystemId } from './scheduling.ts';
import { startThread, whyNoThread } from './watchdog-start.ts';
import type { StuckOptions } from './stuck.ts';
import { outside } from '../runtime/outside.ts';

/** What to do about a loop that does not return. */
export interface StuckHandling extends StuckOptions {
  /** After how long a block is reported as a loop that does not return; null for never. */
  readonly afterMs: number | null;
  /** A file which, once it is there, asks a blocked loop for a report; its content is the reason. */
  readonly askedFile: string | null;
  /** A file that is there while the main thread reports, and is not asked again. */
  readonly reportingFile?: string | null;
  /** Reports the whole process; false if it is that which blocks. Called on the main thread, in the middle of the block. */
  readonly give: (reason: string) => boolean;
  /** Called once a second while the loop turns, to leave in shared memory what a last resort may need. */
  readonly remember?: () => void;
  /** Starts the thread at once and not after the first turns, for a program that never comes to them. Default false. */
  readonly eager?: boolean;
}

const beatsInThreshold = 2;
/** A beat need not be more often than so, nor than this share of the threshold. */
const usualBeatMs = 50;
const beatShare = 0.1;
const disconnectMs = 500;
const rememberEveryMs = 1000;
/** A thread that was awake for less than this share of the time was stopped, if nobody looked at it. */
const awakeShare = 0.5;

const { setInterval, setTimeout, clearInterval, clearTimeout } = globalThis;

/** The one that watches in this process, from the next turn of the loop on: loading a program blocks, and is no block. */
export class LoopGuard {
  readonly #pulse = new Pulse();
  readonly #times = new LoopTimes();
  readonly #probe: Probe;
  readonly #stuck: StuckHandling | null;
  readonly #arming: NodeJS.Timeout;
  #thread: Worker | null = null;
  #interval: NodeJS.Timeout | undefined;
  #uninstall = (): void => {};
  #problem: string | null = null;
  #stoppedMsAtBeat = 0;
  #ownMsAtBeat = 0;
  #rememberedAt = -Infinity;
  #inspectorUrl: string | undefined;

  constructor(thresholdMs: number, stuck: StuckHandling | null) {
    this.#stuck = stuck;
    this.#probe = new Probe(this.#pulse, stuck?.give ?? null);
    this.#pulse.identify(threadId, ownSystemId());
    this.#pulse.thresholdMs = thresholdMs;
    this.#pulse.stuckAfterMs = stuck?.afterMs ?? null;
    this.#pulse.beat(systemClock());
    // The first thing in the first turn: what the program waits for may come in the same.
    this.#arming = outside(() => setTimeout(() => this.#guarded(() => this.#arm()), 1).unref());
    if (stuck?.eager === true) this.#start();
  }

  get thresholdMs(): number {
    return this.#pulse.thresholdMs;
  }

  set thresholdMs(milliseconds: number) {
    this.#pulse.thresholdMs = milliseconds;
    if (this.#pulse.armed) this.#beatOften();
  }

  /** Reports a loop that does not return for so long, unless it is to be reported anyway. Milliseconds. */
  reportStuckAfter(milliseconds: number): void {
    this.#pulse.stuckAfterMs ??= milliseconds;
  }

  /** Calls what blocks the loop for loopscope's own sake: that is no loop which does not return. */
  excuse<Result>(act: () => Result): Result {
    const { stuckAfterMs } = this.#pulse;
    this.#pulse.stuckAfterMs = null;
    try {
      return act();
    } finally {
      this.#pulse.beat(systemClock());
      this.#pulse.stuckAfterMs = stuckAfterMs;
    }
  }

  /** The block in which this is called, from an interrupt. Null while the loop turns. */
  current(): BlockRecord | null {
    const turn = this.#withoutOwn(this.#times.sinceBeat());
    return this.#probe.samples.length === 0 || turn.durationMs < this.thresholdMs ? null : this.#recordOf(turn, false);
  }

  /** The process is about to end: publishes the block that its end cuts off, and has the thread let go of the inspector. */
  leave(): void {
    if (this.#pulse.stopped) return;
    if (this.#pulse.armed) this.#guarded(() => this.#end(this.#times.sinceBeat()));
    this.stop();
    this.#pulse.waitForDisconnect(disconnectMs);
  }

  stop(): void {
    clearTimeout(this.#arming);
    clearInterval(this.#interval);
    this.#pulse.stop();
    this.#uninstall();
  }

  #arm(): void {
    this.#beatOften();
    this.#beat();
    this.#pulse.arm();
    if (this.#thread === null) this.#start();
  }

  #beatOften(): void {
    const { thresholdMs } = this;
    const milliseconds = Math.min(thresholdMs / beatsInThreshold, Math.max(usualBeatMs, thresholdMs * beatShare));
    clearInterval(this.#interval);
    this.#times.start(milliseconds);
    this.#interval = outside(() => setInterval(() => this.#guarded(() => this.#beat()), milliseconds).unref());
  }

  /** What fails here must not fail in the program: it is said once, and nothing is watched any more. */
  #guarded(act: () => void): void {
    try {
      act();
    } catch (error) {
      complain('the event loop is not watched any more', error);
      this.stop();
    }
  }

  #beat(): void {
    this.#end(this.#times.beat());
    this.#probe.clear();
    this.#noteInspector();
    this.#stoppedMsAtBeat = this.#pulse.stoppedMs;
    this.#ownMsAtBeat = ownTimeMs();
    if (this.#thread === null) this.#pulse.baseline = ownScheduling() ?? { cpuMs: Number.NaN, waitMs: Number.NaN };
    this.#pulse.beat(systemClock());
    this.#remember();
  }

  /** Only the main thread knows of its inspector. */
  #noteInspector(): void {
    const address = url();
    if (address === this.#inspectorUrl) return;
    this.#inspectorUrl = address;
    this.#pulse.inspectorPort = portOf(address);
  }

  #remember(): void {
    if (this.#stuck?.remember === undefined || now() - this.#rememberedAt < rememberEveryMs) return;
    this.#rememberedAt = now();
    this.#stuck.remember();
  }

  /** Publishes a turn that is over, if it was a block. */
  #end(late: Lateness): void {
    const turn = this.#withoutOwn(late);
    if (turn.durationMs < this.thresholdMs || !loopBlocked.hasSubscribers) return;
    const isWatched = this.#pulse.watching || this.#problem !== null;
    if (!isWatched || isStart(this.#probe.samples) || this.#wasNotItsFault(turn)) return;
    const record = this.#recordOf(turn, true);
    if (record !== null) loopBlocked.publish(record);
  }

  /** Without the reports that were taken in it. */
  #withoutOwn({ since, durationMs }: Lateness): Lateness {
    return { since, durationMs: durationMs - (ownTimeMs() - this.#ownMsAtBeat) };
  }

  /** Others had the processors, the process was stopped, or a debugger is attached. */
  #wasNotItsFault({ durationMs }: Lateness): boolean {
    const { cpuMs, waitMs } = this.#pulse.baseline;
    const scheduling = ownScheduling();
    const ranMs = (scheduling?.cpuMs ?? Number.NaN) - cpuMs;
    const waitedMs = (scheduling?.waitMs ?? Number.NaN) - waitMs;
    const awakeMs = ranMs + waitedMs;
    if (isDebuggerAttached(this.#pulse.inspectorPort)) return true;
    if (this.#probe.samples.length === 0 && awakeMs < durationMs * awakeShare) return true;
    const lostMs = this.#pulse.stoppedMs - this.#stoppedMsAtBeat;
    const stoppedMs = Number.isNaN(ranMs) ? lostMs : Math.min(lostMs, Math.max(0, durationMs - awakeMs));
    return durationMs - (waitedMs || 0) - stoppedMs < this.thresholdMs;
  }

  /** Null if it is loopscope itself that blocks. */
  #recordOf({ since, durationMs }: Lateness, ended: boolean): BlockRecord | null {
    const { own, ...culprit } = findCulprit(this.#probe.samples, since + systemClock() - now());
    return own ? null : { ...culprit, since, durationMs, ended };
  }

  #start(): void {
    try {
      this.#problem = whyNoThread();
      if (this.#problem === null) {
        this.#uninstall = this.#probe.install();
        const { exitCode = null, lastResort = null, askedFile = null, reportingFile = null } = this.#stuck ?? {};
        const { buffer } = this.#pulse;
        this.#thread = outside(startThread, { buffer, exitCode, lastResort, askedFile, reportingFile });
      }
    } catch (error) {
      this.#problem = error instanceof Error ? error.message : String(error);
    }
    if (this.#problem !== null) complain(`what blocks the event loop cannot be told: ${this.#problem}`);
  }
}
