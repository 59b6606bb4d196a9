// Makes spans with one SDK, and with another one once that is there.
import type { Context, Span, SpanOptions, Tracer } from '@opentelemetry/api';

/** A tracer that may become another one. */
export class FollowingTracer implements Tracer {
  #tracer: Tracer;
  #next: (() => Tracer) | null = null;

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  /** Becomes another tracer when it is next used. */
  follow(next: () => Tracer): void {
    this.#next = next;
  }

  startSpan(name: string, options?: SpanOptions, context?: Context): Span {
    if (this.#next !== null) this.#change(this.#next);
    return this.#tracer.startSpan(name, options, context);
  }

  startActiveSpan(...parameters: unknown[]): never {
    if (this.#next !== null) this.#change(this.#next);
    const tracer = this.#tracer as unknown as { startActiveSpan(...all: readonly unknown[]): never };
    return tracer.startActiveSpan(...parameters);
  }

  #change(next: () => Tracer): void {
    this.#tracer = next();
    this.#next = null;
  }
}
