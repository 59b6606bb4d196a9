// The unchanging part of a task, shared by all tasks of a name while sites are not captured one by one: a pending task
// then costs no memory for its name and site.
import type { Origin, TaskKind } from '../channels/task.ts';
import { CallSites, longestNameKept } from './call-site.ts';

const namesKept = 1000;
const sites = new CallSites();
// By kind too: a retry and its attempts have the same name.
const shared = new Map<TaskKind, Map<string, Origin>>();

/** The origin for a task that is created now. `at`: the runtime clock. */
export function originOf(kind: TaskKind, name: string, at: number): Origin {
  const site = sites.capture(name, at);
  if (site?.exact === true) return { kind, name, site };
  let origins = shared.get(kind);
  if (origins === undefined) shared.set(kind, (origins = new Map<string, Origin>()));
  const known = origins.get(name);
  if (known !== undefined && known.site === site) return known;
  const origin: Origin = { kind, name, site };
  if (name.length > longestNameKept) return origin;
  if (origins.size >= namesKept) origins.clear();
  origins.set(name, origin);
  return origin;
}
