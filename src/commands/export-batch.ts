// Lines of a trace file that are sent as one request.
import type { Line } from './export-lines.ts';

const fullBytes = 1 << 20;
const fullSpans = 5000;

/** What somebody else may have written. */
interface ResourceSpans {
  readonly scopeSpans?: unknown;
}

interface Entry {
  readonly number: number;
  readonly end: number;
  readonly resourceSpans: readonly ResourceSpans[];
  readonly spans: number;
}

/** Requests of OTLP that become one. */
export class Batch {
  #lines: Entry[] = [];
  #bytes = 0;
  #spans = 0;

  get lines(): readonly { readonly number: number; readonly end: number }[] {
    return this.#lines;
  }

  get spans(): number {
    return this.#spans;
  }

  get isFull(): boolean {
    return this.#bytes >= fullBytes || this.#spans >= fullSpans;
  }

  /** @returns what is wrong with the line; null if it is in the batch, or empty */
  add({ text, number, end }: Line): string | null {
    if (text === null) return 'it is too long';
    if (text.trim() === '') return null;
    const resourceSpans = resourceSpansIn(text);
    if (resourceSpans === null) return 'it is no OTLP request with spans, in JSON';
    const spans = countSpans(resourceSpans);
    this.#lines.push({ number, end, resourceSpans, spans });
    this.#spans += spans;
    this.#bytes += text.length;
    return null;
  }

  body(): string {
    return JSON.stringify({ resourceSpans: this.#lines.flatMap(({ resourceSpans }) => resourceSpans) });
  }

  /** Each line as a batch of its own. */
  split(): Batch[] {
    return this.#lines.map((line) => {
      const batch = new Batch();
      batch.#lines.push(line);
      batch.#spans = line.spans;
      return batch;
    });
  }

  clear(): void {
    this.#lines = [];
    this.#bytes = this.#spans = 0;
  }
}

function resourceSpansIn(text: string): readonly ResourceSpans[] | null {
  try {
    const { resourceSpans } = JSON.parse(text) as { readonly resourceSpans?: unknown };
    return Array.isArray(resourceSpans) && resourceSpans.every(isObject) ? resourceSpans : null;
  } catch {
    return null;
  }
}

/** What is no list holds none that we can count: the collector says whether it takes it. */
function countSpans(resourceSpans: readonly ResourceSpans[]): number {
  const scopes = resourceSpans.flatMap(({ scopeSpans }) => listOf(scopeSpans));
  return scopes.reduce<number>((sum, scope) => sum + listOf((scope as { spans?: unknown } | null)?.spans).length, 0);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isObject(value: unknown): value is ResourceSpans {
  return typeof value === 'object' && value !== null;
}
