// The unchanging part of a task, shared by all tasks of a name while sites are not captured one by one: a pending task
// then costs no memory for its name and site.
import type { Origin, TaskKind } from '../channels/task.ts';
import { CallSites } from './call-site.ts';

const namesKept = 1000;
const sites = new CallSites();
const shared = new Map<string, Origin>();

/** The origin for a task that is created now. `at`: the runtime clock. */
export function originOf(kind: TaskKind, name: string, at: number): Origin {
  const site = sites.capture(name, at);
  if (site?.exact === true) return { kind, name, site };
  const known = shared.get(name);
  if (known !== undefined && known.kind === kind && known.site === site) return known;
  const origin: Origin = { kind, name, site };
  if (shared.size >= namesKept) shared.clear();
  shared.set(name, origin);
  return origin;
}
