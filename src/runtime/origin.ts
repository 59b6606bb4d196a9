// The unchanging part of a task, shared by all tasks of a name while sites are not captured one by one: a pending task
// then costs no memory for its name and site.
import type { Origin, TaskCounts, TaskKind } from '../channels/task.ts';
import { CallSites, longestNameKept } from './call-site.ts';

const namesKept = 1000;
// So many tasks of a name are worth a look at what they do.
const firstLook = 512;
const sites = new CallSites();
// By kind too: a retry and its attempts have the same name.
const shared: Readonly<Record<TaskKind, Map<string, Origin>>> = {
  task: new Map(),
  group: new Map(),
  retry: new Map(),
  attempt: new Map(),
  job: new Map(),
  callback: new Map(),
  call: new Map(),
  test: new Map(),
  request: new Map(),
};

/** The origin for a task that is created now. `at`: the runtime clock. */
export function originOf(kind: TaskKind, name: string, at: number): Origin {
  const origins = shared[kind];
  const known = origins.get(name);
  if (known !== undefined && sites.isSpent(at)) return known;
  const site = sites.capture(name, at);
  const counts: TaskCounts = known?.counts ?? { pending: 0, nextLook: firstLook };
  const origin: Origin = { kind, name, site: site === null ? null : { ...site, exact: false }, counts };
  if (name.length <= longestNameKept) {
    if (origins.size >= namesKept) origins.clear();
    origins.set(name, origin);
  }
  return site?.exact === true ? { kind, name, site, counts } : origin;
}
