// Where the files of a process are, seen from here: a container has files of its own.
import { readlinkSync } from 'node:fs';

/** What comes before its paths: nothing as a rule, `/proc/PID/root` where its files are others than ours. */
export function rootOf(pid: number): string {
  const isSame = ['ns/mnt', 'root'].every((name) => read(`/proc/${pid}/${name}`) === read(`/proc/self/${name}`));
  return isSame ? '' : `/proc/${pid}/root`;
}

/** Null where it cannot be told. */
function read(link: string): string | null {
  try {
    return readlinkSync(link);
  } catch {
    return null;
  }
}
