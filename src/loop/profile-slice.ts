// What ran in some stretches of time, by a CPU profile of the whole: the functions at the top of the stack.
import type { Site } from '../channels/site.ts';
import { isOwnFile } from '../runtime/call-site.ts';
import type { CpuProfile } from './cpu-profile.ts';

/** A stretch of time on the clock of the profile. */
export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** A function, and how long it was at the top of the stack. */
export interface SelfTime {
  /** What the engine calls what is no function, such as `(garbage collector)`, stands in parentheses. */
  readonly function: string;
  /** Where the function begins; null for what has no place in the source. */
  readonly site: Site | null;
  readonly selfMs: number;
}

/** The functions with the most time of their own within the spans, the most first; loopscope's are left out. */
export function sliceProfile(profile: CpuProfile, spans: readonly Span[], most: number): SelfTime[] {
  const { nodes, samples = [], timeDeltas = [], startTime } = profile;
  const selfMs = new Map<number, number>();
  let at = startTime / 1000;
  for (const [index, id] of samples.entries()) {
    at += (timeDeltas[index] ?? 0) / 1000;
    const untilMs = at + (timeDeltas[index + 1] ?? 0) / 1000;
    for (const { startMs, endMs } of spans) {
      const withinMs = Math.min(untilMs, endMs) - Math.max(at, startMs);
      if (withinMs > 0) selfMs.set(id, (selfMs.get(id) ?? 0) + withinMs);
    }
  }
  const byFunction = new Map<string, SelfTime>();
  for (const { id, callFrame } of nodes) {
    const own = selfMs.get(id) ?? 0;
    const { functionName, scriptId, url, lineNumber, columnNumber } = callFrame;
    if (own === 0 || isOwnFile(url)) continue;
    const key = `${scriptId}:${lineNumber}:${columnNumber}:${functionName}`;
    const known = byFunction.get(key)?.selfMs ?? 0;
    const isPlace = url !== '' && lineNumber >= 0;
    const site: Site | null = isPlace
      ? { file: url, line: lineNumber + 1, column: columnNumber + 1, function: functionName, exact: true }
      : null;
    byFunction.set(key, { function: functionName, site, selfMs: known + own });
  }
  return [...byFunction.values()].toSorted((a, b) => b.selfMs - a.selfMs).slice(0, most);
}
