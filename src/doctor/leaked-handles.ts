// leaked-handles: more and more sockets, timers, watchers or files are open.
import type { Report, SiteEntry } from '../report/format.ts';
import type { Disease } from './disease.ts';
import { growthOf } from './growth.ts';
import type { ThreadView } from './thread-view.ts';
import { number, time } from './wording.ts';

const leastGrowth = 50;

interface Sort {
  readonly name: string;
  /** As Node names what is made. */
  readonly types: RegExp;
  /** As reports name it. */
  readonly kinds: readonly string[];
  readonly advice: string;
}

const sorts: Readonly<Record<string, Sort>> = {
  TCPSocketWrap: {
    name: 'sockets',
    types: /^TCPWRAP$/,
    kinds: ['outgoing', 'incoming'],
    advice:
      'Close each when it is done with (end or destroy, in a finally block), or take them from a pool or an Agent with keepAlive.',
  },
  PipeWrap: {
    name: 'pipes',
    types: /^PIPEWRAP$/,
    kinds: ['outgoing', 'incoming', 'pipe'],
    advice: 'Close each when it is done with.',
  },
  Timeout: {
    name: 'timers',
    types: /^Timeout$/,
    kinds: ['timeout', 'interval'],
    advice: 'Clear each when nobody needs it any more (clearInterval, clearTimeout), in a finally block.',
  },
  FSEventWrap: {
    name: 'file watchers',
    types: /^FSEVENTWRAP$/,
    kinds: ['watcher'],
    advice: 'Close each when it is done with, or have one watcher for all.',
  },
  StatWatcher: {
    name: 'file watchers',
    types: /^STATWATCHER$/,
    kinds: ['watcher'],
    advice: 'Call unwatchFile for each.',
  },
  ProcessWrap: {
    name: 'child processes',
    types: /^PROCESSWRAP$/,
    kinds: ['child'],
    advice: 'End each, or use a ProcessExecutor that keeps a few.',
  },
  Worker: {
    name: 'worker threads',
    types: /^WORKER$/,
    kinds: ['worker'],
    advice: 'Terminate each, or use a ThreadExecutor that keeps a few.',
  },
  UDPWrap: { name: 'UDP sockets', types: /^UDPWRAP$/, kinds: ['udp'], advice: 'Close each when it is done with.' },
};

export const leakedHandles: Disease = (view) => {
  const { series } = view.thread;
  return Object.entries(series.handles).flatMap(([key, numbers]) => {
    const sort = sorts[key];
    const growth = growthOf(whileActive(numbers, view));
    if (sort === undefined || growth < leastGrowth) return [];
    const at = madeAt(sort, view);
    const where = at === null ? '' : ` at ${view.line(at)}`;
    const left = numbers.at(-1) ?? 0;
    return [
      {
        disease: 'leaked-handles',
        weight: 0.6,
        verdict: `It leaks ${sort.name}${at === null ? '' : ' opened'}${where}: ${number(growth)} more were open at the end than at the start.`,
        evidence: [
          `Their number grew all the time, ${number(view.perSecond(growth))} a second, and ${number(left)} were open when ${time(view.activeMs)} of load were over.`,
        ],
        advice: sort.advice,
        at,
      },
    ];
  });
};

/** The points from the first answer to the last; all where there are none. */
function whileActive(numbers: readonly number[], { thread }: ThreadView): readonly number[] {
  const { answered } = thread.series;
  const all = answered.at(-1) ?? 0;
  return all === 0
    ? numbers
    : numbers.filter((_, point) => (answered[point] ?? 0) > 0 && (answered[point - 1] ?? 0) < all);
}

/** The place of the program that made the most that are open. */
function madeAt({ kinds, types }: Sort, { thread }: ThreadView): SiteEntry | null {
  const byHandles = siteOfHandles(thread.report, kinds);
  if (byHandles !== null) return byHandles;
  const groups = (thread.operations?.groups ?? []).filter(({ type, at }) => at !== null && types.test(type));
  return groups.toSorted((a, b) => b.count - b.runs - a.count + a.runs)[0]?.at ?? null;
}

function siteOfHandles({ handles }: Report, kinds: readonly string[]): SiteEntry | null {
  const sites = (handles?.sites ?? []).filter(({ kind }) => kinds.includes(kind));
  return sites.toSorted((a, b) => b.open - a.open)[0]?.at ?? null;
}
