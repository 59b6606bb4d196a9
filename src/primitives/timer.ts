// Timers of any length.

/** The longest delay that timers know, in milliseconds: with a longer one they fire at once. */
export const longestTimer = 2 ** 31 - 1;

/** Sets a timer that calls `end`; or, where timers do not reach so far, `goOn` with the milliseconds that are left then. */
export function setTimer(milliseconds: number, end: () => void, goOn: (left: number) => void): NodeJS.Timeout {
  return milliseconds > longestTimer
    ? setTimeout(() => goOn(milliseconds - longestTimer), longestTimer)
    : setTimeout(end, milliseconds);
}

/** Calls `end` after so many milliseconds; Infinity is never. Returns what stops the timer. */
export function startTimer(milliseconds: number, end: () => void): () => void {
  let timer: NodeJS.Timeout | null = null;
  const start = (left: number): void => {
    timer = setTimer(left, end, start);
  };
  if (milliseconds !== Infinity) start(milliseconds);
  return () => {
    if (timer !== null) clearTimeout(timer);
  };
}
