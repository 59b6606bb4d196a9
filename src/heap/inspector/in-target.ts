// Functions that run in the process that is read. They are sent as text: each stands alone and names nothing outside it.

export interface ProcessFacts {
  readonly pid: number;
  readonly version: string;
  readonly command: string;
  readonly directory: string;
  readonly uptimeMs: number;
  readonly heapUsedBytes: number;
  /** Now, on the clock of its timers. */
  readonly timerNowMs: number;
}

export function describeProcess(): ProcessFacts {
  let directory = '';
  try {
    directory = process.cwd();
  } catch {
    // the directory is deleted
  }
  const timer = setTimeout(() => {}, 0) as NodeJS.Timeout & { _idleStart?: number };
  clearTimeout(timer);
  return {
    pid: process.pid,
    version: process.version.slice(1),
    command: process.argv.slice(1).join(' '),
    directory,
    uptimeMs: process.uptime() * 1000,
    heapUsedBytes: process.memoryUsage().heapUsed,
    timerNowMs: timer._idleStart ?? Number.NaN,
  };
}

/** A function that runs. */
export interface Running {
  /** Empty where it has none. */
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What this was called on top of, innermost first and without Node's own: nothing, unless the loop is blocked. */
export function whatRuns(): Running[] {
  // oxlint-disable-next-line typescript/unbound-method -- kept only to be put back
  const { prepareStackTrace, stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = 30;
    Error.prepareStackTrace = (_error, places) =>
      places
        .filter((place) => !place.isAsync() && !/^$|^node:/.test(place.getFileName() ?? ''))
        .map((place) => ({
          name: place.getFunctionName() ?? '',
          file: String(place.getFileName()).replace(/^file:\/\//, ''),
          line: place.getLineNumber() ?? 0,
          column: place.getColumnNumber() ?? 0,
        }));
    const holder: { stack?: Running[] } = {};
    Error.captureStackTrace(holder);
    return holder.stack ?? [];
  } catch {
    return []; // a frozen Error
  } finally {
    try {
      Error.stackTraceLimit = stackTraceLimit;
      Error.prepareStackTrace = prepareStackTrace;
    } catch {
      // a frozen Error
    }
  }
}

interface Lease {
  users: number;
  timer: NodeJS.Timeout;
}

/**
 * Notes in the process that its inspector was opened by us, so that it is closed in any case: by the last reader, or
 * after ten minutes when no reader is left to do it. A reader that finds it open joins. Returns whether it is ours.
 */
export function joinLease(opened: boolean): boolean {
  const key = Symbol.for('loopscope.inspector');
  const holder = process as unknown as { [key]?: Lease; _debugEnd(): void };
  let lease = holder[key];
  if (lease === undefined) {
    if (!opened) return false;
    const end = (): void => {
      delete holder[key];
      holder._debugEnd();
    };
    lease = { users: 0, timer: setTimeout(end, 600_000).unref() };
    Object.defineProperty(holder, key, { value: lease, configurable: true, enumerable: false });
  }
  lease.users++;
  lease.timer.refresh();
  return true;
}

/** How many readers use the inspector that we opened. */
export function countUsers(): number {
  const key = Symbol.for('loopscope.inspector');
  return (process as unknown as { [key]?: Lease })[key]?.users ?? 0;
}

/**
 * Leaves; the last one closes the inspector a little later: closing it before the socket is gone crashes Node. It stays
 * open when `keep`, because somebody else is connected.
 */
export function leaveLease(keep: boolean): void {
  const key = Symbol.for('loopscope.inspector');
  const holder = process as unknown as { [key]?: Lease; _debugEnd(): void };
  const lease = holder[key];
  if (lease === undefined || --lease.users > 0) return;
  const forget = (): void => {
    clearTimeout(lease.timer);
    delete holder[key];
  };
  if (keep) {
    forget();
    return;
  }
  const end = (): void => {
    if (lease.users > 0) return; // somebody joined meanwhile
    forget();
    holder._debugEnd();
  };
  // In a loop that was blocked, SIGUSR1 is handled a second time in its first turn: not before the second may it be closed.
  setTimeout(() => setTimeout(end, 150).unref(), 150).unref();
}
