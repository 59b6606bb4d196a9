// The stack of this thread as plain data. This runs in the middle of whatever the program does, so it is careful: no
// regular expressions (they would change RegExp.$1), nothing of the program's is called, and all is put back.

/** One frame of a stack. */
export interface Frame {
  /** Path or URL of the script; null for a function that is part of the engine, such as `JSON.stringify`. */
  readonly file: string | null;
  readonly line: number;
  readonly column: number;
  /** Of the engine's functions with the name of the type: `RegExp.test`. Empty where it has none. */
  readonly function: string;
  /** Where the function begins in its file; 0 where that is not known. */
  readonly startLine: number;
  readonly startColumn: number;
  /** It is not running, but what awaits those below it. */
  readonly awaits: boolean;
}

const deepest = 60;
const captureStackTrace = Error.captureStackTrace.bind(Error);

/** The frames above `reader`, innermost first, 60 by default; none where the program has frozen `Error`. */
export function readFrames(reader: (...args: never) => unknown, most: number = deepest): readonly Frame[] {
  // oxlint-disable-next-line typescript/unbound-method -- kept only to be put back
  const { prepareStackTrace, stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = most;
    Error.prepareStackTrace = toFrames; // it also keeps Node from reading source maps here
    const holder: { stack?: readonly Frame[] } = {};
    captureStackTrace(holder, reader);
    return holder.stack ?? [];
  } catch {
    return [];
  } finally {
    try {
      // Backwards: if the second could not be set above, the first must be put back all the same.
      Error.stackTraceLimit = stackTraceLimit;
      Error.prepareStackTrace = prepareStackTrace;
    } catch {
      // a frozen Error
    }
  }
}

function toFrames(_error: unknown, places: NodeJS.CallSite[]): readonly Frame[] {
  const frames: Frame[] = [];
  for (const place of places) {
    const file = place.getFileName() ?? place.getScriptNameOrSourceURL() ?? null;
    const line = place.getLineNumber();
    const name = place.getFunctionName() ?? '';
    const ofEngine = file === null && line === null;
    // A script without a name: what the inspector was asked to evaluate, or code of the program from a string.
    frames.push({
      file: ofEngine ? null : (file ?? ''),
      line: line ?? 0,
      column: place.getColumnNumber() ?? 0,
      function: ofEngine ? typed(place, name) : name,
      startLine: place.getEnclosingLineNumber() ?? 0,
      startColumn: place.getEnclosingColumnNumber() ?? 0,
      awaits: place.isAsync(),
    });
  }
  return frames;
}

function typed(place: NodeJS.CallSite, name: string): string {
  const type = place.getTypeName();
  return type === null || type === '' ? name : `${type}.${name}`;
}
