// Ended spans on their way out. The SDK's BatchSpanProcessor loses a batch when one export fails, drops without a count,
// holds the process with a timer of 30 seconds, and when flushed sends more batches at once than the exporter takes.
import { AsyncLocalStorage } from 'node:async_hooks';
import { complain } from '../../runtime/complain.ts';

const batchSize = 512;
const scheduledDelayMs = 500;
const firstPauseMs = 1000;
const longestPauseMs = 30_000;
const attemptsPerBatch = 3;
// The exporter has a timeout of its own: this is for one that never answers.
const longestExportMs = 30_000;

/** What is needed of a span that has ended. */
export interface EndedSpan {
  spanContext(): { readonly traceFlags: number };
}

/** What the exporter says at the end of an export; code 0 is success. */
export interface ExportResult {
  readonly code: number;
  readonly error?: Error;
  /** How many spans of the batch were not taken though the export succeeded. */
  readonly rejected?: number;
  /** The same batch will never be taken: it is not tried again. */
  readonly isFinal?: boolean;
}

/** An exporter of the SDK. */
export interface SpanExporter {
  export(spans: readonly EndedSpan[], done: (result: ExportResult) => void): void;
  shutdown(): Promise<void>;
}

/** How many spans went where. Each span that ended is in exactly one of the four. */
export interface ExportCounts {
  readonly exported: number;
  /** Ended and not sent yet. */
  readonly pending: number;
  /** Not sent because too many were pending, or because the queue was stopped. */
  readonly dropped: number;
  /** Sent in vain: they were not taken. */
  readonly failed: number;
}

export interface ExportQueueOptions {
  readonly exporter: SpanExporter;
  /** Where the spans go, for people. */
  readonly destination: string;
  /** Says why the collector cannot be reached; null if it can. Asked first, and again after each failure. */
  readonly whyUnreachable: () => Promise<string | null>;
  /** Runs a function such that nothing in it is traced. */
  readonly untraced: (run: () => void) => void;
  /** The most spans that wait; further ones are counted as dropped. Default 32,768. */
  readonly maxPending?: number;
  /** The exporter is done when its `export` returns, and needs no reaching: it writes to a file. Default false. */
  readonly isSynchronous?: boolean;
}

/** A span processor for `NodeSDK`: sends batch after batch, keeps no process alive, and counts every span. */
export class ExportQueue {
  readonly #options: ExportQueueOptions;
  readonly #maxPending: number;
  // Timers are made outside of whatever task a span ended in: it would be kept alive, and its context be theirs.
  readonly #outside: (run: () => void) => void = AsyncLocalStorage.snapshot();
  #pending: EndedSpan[] = [];
  #exported = 0;
  #dropped = 0;
  #failed = 0;
  #timer: NodeJS.Timeout | null = null;
  #sending: Promise<boolean> | null = null;
  #attempts = 0;
  #pauseMs = 0;
  #reached = false;
  #problem: string | null = null;
  #stopped = false;

  constructor(options: ExportQueueOptions) {
    this.#options = options;
    this.#maxPending = options.maxPending ?? 32_768;
  }

  /** Where the spans go, for people. */
  get destination(): string {
    return this.#options.destination;
  }

  /** Why spans were not taken, the last time that any were not; null if all were. */
  get problem(): string | null {
    return this.#problem;
  }

  counts(): ExportCounts {
    const [exported, dropped, failed] = [this.#exported, this.#dropped, this.#failed];
    return Object.freeze({ exported, pending: this.#pending.length, dropped, failed });
  }

  /** For the SDK. */
  onStart(): void {
    // a span counts when it has ended
  }

  /** For the SDK: a span has ended. */
  onEnd(span: EndedSpan): void {
    if ((span.spanContext().traceFlags & 1) === 0) return;
    if (this.#stopped || this.#pending.length >= this.#maxPending) {
      this.#dropped++;
      return;
    }
    this.#pending.push(span);
    const full = this.#pending.length === batchSize && this.#pauseMs === 0;
    if (full || this.#timer === null) this.#schedule(full ? 0 : this.#pauseMs || scheduledDelayMs);
  }

  /**
   * Sends what is pending, until all of it is out, an export fails, or the time is over. Holds the process meanwhile.
   * @returns whether nothing is pending any more; never rejects
   */
  async flush(timeoutMs: number): Promise<boolean> {
    if (this.#options.isSynchronous === true) return this.flushNow();
    const { promise: timeout, resolve } = Promise.withResolvers<false>();
    const { length: before } = this.#pending;
    const timer = setTimeout(() => {
      // Of one that is slow it is said how many were left; here nothing says why.
      if (this.#pending.length >= before) this.#note(`no answer within ${timeoutMs / 1000} s`);
      resolve(false);
    }, timeoutMs);
    try {
      while (this.#pending.length > 0 || this.#sending !== null) {
        if (!(await Promise.race([this.#send(), timeout]))) return false;
      }
      return true;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Writes what is pending at once, where the exporter can do that; for the end of the process. */
  flushNow(): boolean {
    while (this.#options.isSynchronous === true && this.#pending.length > 0) {
      const batch = this.#pending.slice(0, batchSize);
      let result: ExportResult = { code: 1, error: new Error('no answer') };
      this.#exportTo(batch, (given) => (result = given));
      if (!this.#settle(batch, result)) return false;
    }
    return this.#pending.length === 0;
  }

  /** For the SDK. */
  async forceFlush(): Promise<void> {
    await this.flush(longestExportMs);
  }

  /** For the SDK: takes no more, and drops what is pending; whoever wants it out flushes before. */
  async shutdown(): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#sending === null) this.#dropPending();
    await this.#options.exporter.shutdown();
  }

  #schedule(milliseconds: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#outside(() => {
      this.#timer = setTimeout(() => {
        this.#timer = null;
        void this.#send();
      }, milliseconds);
      this.#timer.unref();
    });
  }

  /** Sends the oldest batch, or waits for the one that is on its way. True if it arrived. */
  #send(): Promise<boolean> {
    return (this.#sending ??= this.#sendBatch().finally(() => {
      this.#sending = null;
      if (this.#stopped) this.#dropPending();
      else if (this.#pending.length > 0) {
        const full = this.#pending.length >= batchSize;
        this.#schedule(this.#pauseMs || (full ? 0 : scheduledDelayMs));
      }
    }));
  }

  async #sendBatch(): Promise<boolean> {
    if (this.#options.isSynchronous === true) return this.flushNow();
    const unreachable = this.#reached ? null : await this.#options.whyUnreachable();
    if (unreachable !== null) return this.#pause(unreachable);
    const batch = this.#pending.slice(0, batchSize);
    if (batch.length === 0) return true;
    return this.#settle(batch, await this.#export(batch));
  }

  /** Counts what became of the oldest batch. True if it is out of the way, so that the next one may follow at once. */
  #settle(batch: readonly EndedSpan[], { code, error, rejected = 0, isFinal = false }: ExportResult): boolean {
    if (code === 0 || isFinal) {
      this.#pending.splice(0, batch.length);
      const failed = code === 0 ? Math.min(rejected, batch.length) : batch.length;
      this.#exported += batch.length - failed;
      this.#failed += failed;
      this.#attempts = 0;
      this.#pauseMs = 0;
      this.#reached = true;
      if (failed > 0) this.#note(error ?? `${failed} spans were not taken`);
      return true;
    }
    if (++this.#attempts >= attemptsPerBatch) {
      this.#pending.splice(0, batch.length);
      this.#failed += batch.length;
      this.#attempts = 0;
    }
    return this.#pause(error);
  }

  #export(batch: EndedSpan[]): Promise<ExportResult> {
    const { promise, resolve } = Promise.withResolvers<ExportResult>();
    const timer = setTimeout(resolve, longestExportMs, { code: 1, error: new Error('no answer') });
    timer.unref();
    this.#exportTo(batch, resolve);
    return promise.finally(() => clearTimeout(timer));
  }

  #exportTo(batch: EndedSpan[], done: (result: ExportResult) => void): void {
    try {
      this.#options.untraced(() => this.#options.exporter.export(batch, done));
    } catch (error) {
      done({ code: 1, error: error instanceof Error ? error : new Error(String(error)) });
    }
  }

  /** The next attempt is later, after twice the time each time. */
  #pause(reason: unknown): false {
    this.#reached = false;
    this.#pauseMs = Math.min(longestPauseMs, Math.max(firstPauseMs, this.#pauseMs * 2));
    this.#note(reason);
    return false;
  }

  #note(reason: unknown): void {
    if (this.#problem === null) complain(`spans cannot be exported to ${this.#options.destination}`, reason);
    this.#problem = reason instanceof Error ? reason.message : String(reason);
  }

  #dropPending(): void {
    this.#dropped += this.#pending.length;
    this.#pending = [];
  }
}
