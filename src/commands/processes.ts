// Which processes there are below others, whether they are hooked, Node at all, or only a shell.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

interface ProcessEntry {
  readonly pid: number;
  readonly parentPid: number;
}

/** Those of the roots that are alive, and all that are below any root. Roots alone where the system does not tell. */
export function processesBelow(roots: Iterable<number>): Set<number> {
  const all = processesOfSystem();
  const children = Map.groupBy(all, ({ parentPid }) => parentPid);
  const alive = new Set(all.map(({ pid }) => pid));
  const found = new Set(roots);
  for (const root of found) for (const { pid } of children.get(root) ?? []) found.add(pid);
  return all.length === 0 ? found : new Set([...found].filter((pid) => alive.has(pid)));
}

/** All that have not ended. */
function processesOfSystem(): ProcessEntry[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap(fromProc);
  } catch {
    // not Linux
  }
  try {
    const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8', timeout: 1000 });
    return table.split('\n').flatMap((line) => entry(/^\s*(\d+)\s+(\d+)\s+(\S)/.exec(line)?.slice(1)));
  } catch {
    return [];
  }
}

/** Of `17 (a name) S 1 …`. */
function fromProc(name: string): ProcessEntry[] {
  try {
    const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
    const [state, parentPid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return entry([name, parentPid, state]);
  } catch {
    return []; // it has ended meanwhile
  }
}

function entry([pid, parentPid, state]: readonly (string | undefined)[] = []): ProcessEntry[] {
  return pid === undefined || state === 'Z' ? [] : [{ pid: Number(pid), parentPid: Number(parentPid) }];
}
