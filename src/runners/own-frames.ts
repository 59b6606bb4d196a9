// Errors of tests go through functions of loopscope's: their stacks are to be what they are without it.
import { isOwnFile } from '../runtime/call-site.ts';

const place = /\(?((?:file:\/\/)?\/[^()]*?|[a-zA-Z]:\\[^()]*?):\d+:\d+\)?$/;
// What our frames call.
const context = /\bAsyncLocalStorage\.run \(node:/;

/** Takes our own frames out of the stack of an error; anything else is left as it is. Never throws. */
export function hideOwnFrames(error: unknown): void {
  if (typeof error !== 'object' || error === null) return; // mostly: what throws makes V8 parse the function for its message
  try {
    const { stack } = error as { stack?: unknown };
    if (typeof stack !== 'string') return;
    const lines = stack.split('\n');
    const isOwn = (line = ''): boolean => isOwnFile(place.exec(line)?.[1] ?? '');
    const kept = lines.filter((line, at) => !isOwn(line) && !(context.test(line) && isOwn(lines[at + 1])));
    if (kept.length < lines.length) (error as Error).stack = kept.join('\n');
  } catch {
    // nothing has a stack, or it cannot be changed
  }
}
