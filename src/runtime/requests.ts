// Who knows which requests this process is to answer: what makes them visible, where it runs. They are no tasks that
// anybody created, and have neither spans nor metrics: those of HTTP are made by OpenTelemetry's instrumentation.
import type { TaskRecord } from '../channels/task.ts';

let source: (() => readonly TaskRecord[]) | null = null;

/** Says who knows; null for nobody. */
export function setRequestSource(requests: (() => readonly TaskRecord[]) | null): void {
  source = requests;
}

/** The requests that are not answered yet, oldest first; none where nobody knows. */
export function requestsNow(): readonly TaskRecord[] {
  return source?.() ?? [];
}
