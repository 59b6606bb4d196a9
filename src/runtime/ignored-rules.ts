// What the program does not want to be warned of, for its reports.

const mostEntries = 100;

// Reports of all copies of loopscope in a process have it; the number is the version of what an entry is.
const key = Symbol.for('loopscope.ignoredRules@1');
const slot = globalThis as Record<symbol, Set<string> | undefined>;

/**
 * Takes a rule, or what it finds in tasks, resources and files of a name, out of the warnings of all further reports of this
 * thread. Beyond 100 entries nothing is added.
 * @param entry `NAME`, or `NAME:GLOB` where `*` is any run of characters: `long-hold:lock migration*`, `*:src/legacy/*`
 * @returns what undoes it; it may be called twice
 */
export function ignoreRule(entry: string): () => void {
  const entries = (slot[key] ??= new Set());
  if (entries.size < mostEntries) entries.add(entry);
  return () => void entries.delete(entry);
}

/** In the order in which they were added. */
export function ignoredRules(): readonly string[] {
  return [...(slot[key] ?? [])];
}
