// Whether a debugger is attached to this process. It may hold the main thread at a breakpoint, which looks like a block; and
// who has the main thread look at itself then would be held there as well.
import { readFileSync } from 'node:fs';

const established = '01';

/** The port of the inspector at this URL; 0 if there is none. */
export function portOf(url: string | undefined): number {
  return url === undefined ? 0 : Number(new URL(url).port);
}

/** Whether somebody is connected to the inspector at this port. Where the system does not tell, somebody may be. */
export function isDebuggerAttached(port: number): boolean {
  if (port === 0) return false;
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const connections = ['tcp', 'tcp6'].map((file) => read(`/proc/self/net/${file}`));
  if (connections.every((text) => text === null)) return true;
  return connections.some((text) =>
    text?.split('\n').some((line) => {
      const [, address, , state] = line.trim().split(/\s+/);
      return state === established && address?.endsWith(local) === true;
    }),
  );
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
