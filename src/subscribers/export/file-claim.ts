// Which process a file belongs to: a file beside it has its number. Node has no locks on files.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';

/** A file that is ours. */
export interface Claim {
  /** May be called twice. */
  release(): void;
}

/** Claims a file for this process; null if it belongs to another one that is alive. Throws where it cannot be written. */
export function claim(path: string): Claim | null {
  const file = `${path}.pid`;
  const own = String(process.pid);
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(file, own, { flag: 'wx', mode: 0o600 });
      return { release: () => rmSync(file, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    if (isAlive(holderOf(file))) return null;
    rmSync(file, { force: true }); // it was killed
  }
  return null;
}

function holderOf(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return 0; // it has just ended
  }
}

/** In a container that was started again, the process before this one had the same number. */
function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
