// Timers of any length.

// The longest delay that timers know: with a longer one they fire at once.
const longest = 2 ** 31 - 1;

/** Calls `end` after so many milliseconds; Infinity is never. Returns what stops the timer. */
export function startTimer(milliseconds: number, end: () => void): () => void {
  let timer: NodeJS.Timeout | null = null;
  const start = (left: number): void => {
    timer = left > longest ? setTimeout(() => start(left - longest), longest) : setTimeout(end, left);
  };
  if (milliseconds !== Infinity) start(milliseconds);
  return () => {
    if (timer !== null) clearTimeout(timer);
  };
}
