// What the watchdog thread has the main thread do in the middle of a block: look at what runs. Node evaluates it in an
// interrupt of the engine, on top of the interrupted code, so it must neither throw nor change anything.
import { executionAsyncId } from 'node:async_hooks';
import { closeSync, openSync } from 'node:fs';
import { promiseHooks } from 'node:v8';
import { runInThisContext } from 'node:vm';
import type { TaskRecord } from '../channels/task.ts';
import { isOwnFile } from '../runtime/call-site.ts';
import { currentTask } from '../runtime/context.ts';
import { readFrames, type Frame } from '../runtime/frames.ts';
import { systemClock, type Pulse } from './pulse.ts';
import { ownScheduling } from './scheduling.ts';

/** One look at the main thread while it was blocked. Times are on the system's clock. */
export interface Sample {
  readonly at: number;
  /** The engine was not at a safe point when it was asked: a native function ran, or the collector. */
  readonly late: boolean;
  /** Looks of one round stand for the same stretch of the block. */
  readonly round: number;
  /** Innermost first. */
  readonly frames: readonly Frame[];
  readonly task: TaskRecord | null;
  /** Differs between looks if more than one callback ran. */
  readonly callback: number;
  /** A promise callback that was queued at the look before, in the same block, has run. */
  readonly drained: boolean;
}

/**
 * What a look saw, for the watchdog thread: `stale` the block is over, `empty` no code of a program, `entered` a promise
 * callback that was only just called or resumed, `seen` where the program is.
 */
export const answers = { stale: 0, empty: 1, entered: 2, seen: 3 } as const;

/** The name of the probe on the global object; the number is the version of what it can do. */
export const probeKey = 'loopscope.probe@1';
const key = Symbol.for(probeKey);

const mostSamples = 200;
const lateMs = 20;
const settled = Promise.resolve();
// oxlint-disable-next-line typescript/unbound-method -- as it was before a program could change it
const { then } = Promise.prototype;

/** Looks at the loop for the watchdog thread, and keeps what it saw until the block is over. */
export class Probe {
  readonly #pulse: Pulse;
  readonly #give: ((reason: string) => boolean) | null;
  #samples: Sample[] = [];
  #best: number = answers.empty;
  #mark = { sequence: -1, ran: false };
  /** Ends the wait for the next promise of a storm, if there is one. */
  #stopWaiting: (() => void) | null = null;

  /** @param give reports the whole process, for a loop that does not return */
  constructor(pulse: Pulse, give: ((reason: string) => boolean) | null) {
    this.#pulse = pulse;
    this.#give = give;
  }

  /** Puts the probe where the inspector finds it: on the global object of Node's own realm, even if we run in another. */
  install(): () => void {
    const main = runInThisContext('globalThis') as Record<symbol, unknown>;
    const look = (sequence: number, round: number): number => this.#look(look, sequence, round);
    const give = (reason: string): boolean => {
      this.#pulse.giving = true;
      return this.#give?.(reason) ?? false;
    };
    Object.defineProperty(main, key, { value: { look, give, hush }, configurable: true, enumerable: false });
    return () => void Reflect.deleteProperty(main, key);
  }

  /** What was seen of the block that runs now or has just ended. */
  get samples(): readonly Sample[] {
    return this.#samples;
  }

  clear(): void {
    this.#stopWaiting?.();
    if (this.#samples.length > 0) this.#samples = [];
  }

  #look(reader: (...args: never) => unknown, sequence: number, round: number): number {
    const at = systemClock();
    try {
      if (sequence !== this.#pulse.sequence) return answers.stale;
      const frames = readFrames(reader).slice(1); // without what the inspector evaluates
      const answer = answerOf(frames);
      const last = this.#samples.at(-1);
      const isFirst = last?.round !== round;
      if (isFirst) this.#best = answer;
      const sample = this.#sample(at, round, frames);
      // Of those that say little, one in a round is enough, and one that says that the queue moves on.
      if (isFirst || answer === answers.seen || answer > this.#best || (sample.drained && !last.drained)) {
        if (this.#samples.length < mostSamples) this.#samples.push(sample);
        this.#best = answer;
      }
      this.#queue(sequence);
      if (answer === answers.empty && sample.drained && !sample.late) this.#waitForPromise(round);
      return this.#best === answers.seen ? answers.seen : answer;
    } catch {
      return answers.empty;
    }
  }

  #sample(at: number, round: number, frames: readonly Frame[]): Sample {
    const drained = this.#mark.ran && this.#mark.sequence === this.#pulse.sequence;
    return { at, late: this.#isLate(at), round, frames, task: currentTask(), callback: executionAsyncId(), drained };
  }

  /** It waited for the engine, and not for a processor. */
  #isLate(at: number): boolean {
    const { askedAt, waitMsWhenAsked } = this.#pulse;
    if (at - askedAt <= lateMs) return false;
    const waitedMs = (ownScheduling()?.waitMs ?? Number.NaN) - waitMsWhenAsked;
    return at - askedAt - (Number.isNaN(waitedMs) ? 0 : waitedMs) > lateMs;
  }

  /**
   * Optimized code that does nothing but await has no safe point of its own: the engine is interrupted between the callbacks
   * every time. The next promise that one of them makes tells where it is.
   */
  #waitForPromise(round: number): void {
    if (this.#stopWaiting !== null) return;
    const read = (): void => {
      const frames = readFrames(read);
      if (answerOf(frames) === answers.empty || isOwnFile(frames.find(isFile)?.file ?? '')) return;
      this.#stopWaiting?.();
      if (this.#samples.at(-1)?.round !== round) return;
      this.#samples.push({ ...this.#sample(systemClock(), round, frames), late: false, drained: true });
      this.#best = answers.seen;
    };
    const stop = promiseHooks.onInit(read) as () => void;
    this.#stopWaiting = (): void => {
      stop();
      this.#stopWaiting = null;
    };
  }

  /** Queues a promise callback: whether it has run by the next look tells a storm of them from a long function. */
  #queue(sequence: number): void {
    if (this.#mark.sequence === sequence && !this.#mark.ran) return;
    const mark = { sequence, ran: false };
    this.#mark = mark;
    void then.call(settled, () => {
      mark.ran = true;
    });
  }
}

function answerOf(frames: readonly Frame[]): number {
  const running = frames.filter(({ awaits }) => !awaits);
  const first = running.findIndex(isFile);
  if (first === -1) return answers.empty;
  const frame = running[first] as Frame;
  return first === 0 && running.length === 1 && frame.line === frame.startLine ? answers.entered : answers.seen;
}

function isFile({ file }: Frame): boolean {
  return file !== null && !file.startsWith('node:');
}

/**
 * Has Node end without a word about the inspector that it waits for: a process that is ended from an interrupt cannot close
 * the session that the interrupt came from. It is the last that is written, after all exit handlers.
 */
function hush(): void {
  const native = process as unknown as { reallyExit: (code: number) => never };
  const { reallyExit } = native;
  native.reallyExit = (code) => {
    try {
      closeSync(2);
      openSync('/dev/null', 'w'); // takes the place of what was closed
    } catch {
      // then it says its word
    }
    return reallyExit.call(process, code);
  };
}
