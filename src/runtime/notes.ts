// What a report has to say besides what is pending: what cannot be seen, and why.

const mostNotes = 50;

// Reports of all copies of loopscope in a process have it; the number is the version of what a note is.
const key = Symbol.for('loopscope.notes@1');
const slot = globalThis as Record<symbol, Set<string> | undefined>;

/** Adds a sentence to all further reports; a second time is none. Beyond 50 they are dropped. */
export function addNote(sentence: string): void {
  const known = (slot[key] ??= new Set());
  if (known.size < mostNotes) known.add(sentence);
}

/** In the order in which they were added. */
export function notes(): readonly string[] {
  return [...(slot[key] ?? [])];
}
