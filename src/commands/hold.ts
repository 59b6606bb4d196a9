// Lets what must be undone be undone, before a signal ends this process.

const held = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs `work` to its end although a signal comes, and ends by the signal then. A second signal ends at once.
 * @param undoes whether there is anything to undo; if not, signals do what they always do
 */
export async function holdSignals<Value>(undoes: boolean, work: () => Promise<Value>): Promise<Value> {
  if (!undoes) return work();
  let came: NodeJS.Signals | null = null;
  const release = (): void => {
    for (const signal of held) process.off(signal, hold);
  };
  const hold = (signal: NodeJS.Signals): void => {
    came = signal;
    release();
  };
  for (const signal of held) process.on(signal, hold);
  try {
    return await work();
  } finally {
    release();
    if (came !== null) process.kill(process.pid, came);
  }
}
