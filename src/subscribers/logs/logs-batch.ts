// Log records on their way out: there are few of them, and they are sent within a second.
import { AsyncLocalStorage } from 'node:async_hooks';
import { otlpSignal, type QuietExporter } from '../export/otlp-signal.ts';
import type { SdkPackages } from '../open-telemetry.ts';

const mostPending = 1000;
const delayMs = 1000;
const { setTimeout, clearTimeout } = globalThis; // before anybody fakes the timers
const outside = AsyncLocalStorage.snapshot();

/** A processor of log records, of which every version of the SDK asks the same. */
export class LogBatch {
  readonly #exporter: QuietExporter;
  #pending: unknown[] = [];
  #sending: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | null = null;
  /** Records that came while too many were pending. */
  dropped = 0;

  /** @param endpoint base URL of the collector; null for what the variables of OpenTelemetry say */
  constructor(sdk: SdkPackages, endpoint: string | null) {
    this.#exporter = otlpSignal(sdk, 'logs', endpoint);
  }

  /** For the SDK. */
  onEmit(record: unknown): void {
    if (this.#pending.length >= mostPending) {
      this.dropped++;
      return;
    }
    this.#pending.push(record);
    this.#timer ??= outside(() => setTimeout(() => void this.forceFlush(), delayMs).unref());
  }

  /** For the SDK: sends what there is. Never rejects. */
  forceFlush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#sending = this.#sending.then(() => this.#send());
    return this.#sending;
  }

  flush(): Promise<void> {
    return this.forceFlush();
  }

  /** Does not wait for an answer any more. */
  abandon(): void {
    this.#exporter.abandon();
  }

  /** For the SDK. */
  async shutdown(): Promise<void> {
    await this.forceFlush();
    await this.#exporter.shutdown();
  }

  #send(): Promise<void> {
    const batch = this.#pending;
    this.#pending = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    if (batch.length === 0) resolve();
    else this.#exporter.export(batch, () => resolve());
    return promise;
  }
}
