// Where the program began an asynchronous operation, and what it called there. The stack is read, and none of it kept.
import type { Site } from '../channels/site.ts';
import { whoseIs } from './classify.ts';

const framesRead = 16;

/** A place, and the function that it called. */
export interface Origin {
  /** The innermost frame of the program, or of a package where there is none of the program. */
  readonly site: Site;
  /** The function of Node or of the package that this frame called: `setTimeout`, `readFile`. Empty where it awaits. */
  readonly calls: string;
}

/** Null where neither the program nor a package is on the stack. */
export function readOrigin(): Origin | null {
  // oxlint-disable-next-line typescript/unbound-method -- kept only to be put back
  const { prepareStackTrace, stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = framesRead;
    Error.prepareStackTrace = (_error, frames) => originOf(frames);
    const holder: { stack?: Origin | null } = {};
    Error.captureStackTrace(holder, readOrigin);
    return holder.stack ?? null;
  } catch {
    return null; // a frozen Error
  } finally {
    try {
      // Backwards: if the second could not be set above, the first must be put back all the same.
      Error.stackTraceLimit = stackTraceLimit;
      Error.prepareStackTrace = prepareStackTrace;
    } catch {
      // the same frozen Error
    }
  }
}

function originOf(frames: NodeJS.CallSite[]): Origin | null {
  let inPackage: Origin | null = null;
  let calls = '';
  for (const frame of frames) {
    const file = frame.getFileName() ?? frame.getScriptNameOrSourceURL() ?? '';
    const name = frame.getFunctionName() ?? '';
    const line = frame.getLineNumber() ?? 0;
    const column = frame.getColumnNumber() ?? 0;
    const whose = whoseIs({ function: name, file, line, column });
    if (whose === 'program' || whose === 'package') {
      const origin = { site: { file, line, column, function: name, exact: true }, calls };
      if (whose === 'program') return origin;
      inPackage ??= origin;
    }
    if (whose === 'node' || whose === 'package') calls = name;
  }
  return inPackage;
}
