// timer-storm: so many timers fire that the loop does little else.
import type { Disease } from './disease.ts';
import { pathsByPlace } from './thread-view.ts';
import { number, percent, time } from './wording.ts';

const leastShare = 0.25;
const leastUtilization = 0.15;
const leastTimers = 200;
const leastRunsPerSecond = 2000;

export const timerStorm: Disease = (view) => {
  const { profile, series, operations } = view.thread;
  if (profile === null) return [];
  const share = view.shareOfBusy(profile.timersMs);
  const timers = Math.max(0, ...(series.handles['Timeout'] ?? []));
  const groups = (operations?.groups ?? []).filter(({ type, at }) => type === 'Timeout' && at !== null);
  const [most] = groups.toSorted((a, b) => b.runs - a.runs);
  const runs = groups.reduce((sum, group) => sum + group.runs, 0);
  const runsPerSecond = operations === null ? 0 : (runs / Math.max(1, operations.followedMs)) * 1000;
  if (share < leastShare || profile.timersMs < view.activeMs * leastUtilization) return [];
  if (timers < leastTimers && runsPerSecond < leastRunsPerSecond) return [];
  const [hottest] = pathsByPlace(profile.paths).toSorted((a, b) => b.timersMs - a.timersMs);
  const at = hottest !== undefined && hottest.timersMs > 0 ? hottest.at : (most?.at ?? null);
  const where = at === null ? '' : `, most of it at ${view.line(at)}`;
  const many = timers >= leastTimers ? `${number(timers)} timers` : `timers, ${number(runsPerSecond)} a second,`;
  return [
    {
      disease: 'timer-storm',
      weight: Math.min(1, share + 0.1),
      verdict: `A storm of timers: ${many} take ${percent(share)} of all the loop does${where}.`,
      evidence: [
        `Timers and what they call took ${time(profile.timersMs)} of the ${time(view.busyMs)} in which the loop was busy.`,
        ...(most?.at == null || most.runs === 0 ? [] : [`Most are made at ${view.line(most.at)}.`]),
      ],
      advice:
        'Have one timer look after all of them, at a longer interval; and clear timers that nobody needs any more.',
      at,
    },
  ];
};
