// Where a report finds what became of the spans of this process.
import type { TelemetryEntry } from '../report/format.ts';

// Reports of all copies of loopscope in a process have it; the number is the version of what a report is built from.
const key = Symbol.for('loopscope.telemetry@1');
const slot = globalThis as Record<symbol, (() => TelemetryEntry) | undefined>;

export function setTelemetrySource(source: () => TelemetryEntry): void {
  slot[key] = source;
}

/** Null where no spans are made. */
export function telemetryNow(): TelemetryEntry | null {
  return slot[key]?.() ?? null;
}
