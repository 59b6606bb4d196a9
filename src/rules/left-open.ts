// What keeps a program alive that was to be over, and of which nothing is under way any more.
import { groupHandles, type HandleGroup } from '../report/handle-groups.ts';
import type { SiteEntry } from '../report/format.ts';
import type { HandleKind } from '../report/handles.ts';
import { lineOf } from '../report/phrases.ts';
import { nameOf, short } from './names.ts';
import { byLibrary, calls, endOf, handles } from './open-words.ts';
import type { Finding, RuleContext } from './rule.ts';

// The others end by themselves, or with what they belong to.
const kinds: ReadonlySet<HandleKind> = new Set([
  'server',
  'outgoing',
  'incoming',
  'udp',
  'interval',
  'timeout',
  'watcher',
  'child',
  'worker',
  'port',
]);
const runs: ReadonlySet<HandleKind> = new Set(['child', 'worker']);
const clears: ReadonlySet<HandleKind> = new Set(['interval', 'timeout']);

/** What was left open, a finding for each line. Empty unless the program was given a time to end, and has nothing more to do. */
export function findLeftOpen(context: RuleContext): Finding[] {
  const { reason, tasks, awaits } = context.report;
  const isAtWork = tasks.length > 0 || (awaits?.functions.length ?? 0) > 0;
  if (context.report.handles === undefined || reason !== 'timeout' || isAtWork) return [];
  const groups = groupHandles(context.report.handles).filter(({ kind }) => kinds.has(kind));
  const number = (which: HandleKind): number =>
    groups.reduce((sum, { kind, count }) => sum + (kind === which ? count : 0), 0);
  // Whoever is connected from elsewhere is served; a connection that was accepted ends with its server.
  const isServing = number('incoming') > number('outgoing');
  // Nor is it told of a connection with both ends in the program.
  const hasServer = number('server') > 0 || number('outgoing') >= number('incoming');
  return groups
    .filter(({ kind }) => !(kind === 'incoming' && hasServer) && !(kind === 'server' && isServing))
    .flatMap((group) => {
      const site = group.at ?? group.callback;
      return site === null ? [] : [find(group, site, context)];
    });
}

function find(group: HandleGroup, site: SiteEntry, { report, taskOf }: RuleContext): Finding {
  const { kind, detail, count, task } = group;
  const what = `${handles(count, kind)}${detail === '' ? '' : ` ${short(detail)}`}`;
  const isOver = task !== null && taskOf(task.id) === undefined ? ', which has ended' : '';
  const whose = task === null ? '' : ` in ${nameOf(task)}${isOver}`;
  const done = runs.has(kind) ? 'ended' : clears.has(kind) ? 'cleared' : 'closed';
  const [was, keeps] = count === 1 ? ['was', 'keeps'] : ['were', 'keep'];
  return {
    message:
      `${what}, ${placeOf(group, lineOf(site, report.process.directory))}${whose}, ${was} never ${done}, and ${keeps} the ` +
      'program alive, which has nothing else to do.',
    advice: endOf(kind),
    site,
    task,
    count,
    value: count,
  };
}

/** Where it was made; of a timer of which nobody knows that, what it calls. */
function placeOf(group: HandleGroup, line: string): string {
  const { kind, at, callback, count } = group;
  if (at !== null) return `${kind === 'incoming' ? 'accepted by the server of' : 'made at'} ${line}${byLibrary(group)}`;
  return `which ${calls(count, callback?.function ?? '', line)}`;
}
