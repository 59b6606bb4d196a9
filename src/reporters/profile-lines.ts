// A CPU profile that was written, as lines of text: where it is, and which tasks used the processor.
import type { ProfileEntry, Report, SelfTimeEntry } from '../report/format.ts';
import { wrap } from './lines.ts';
import { cutLeft, duration, place, plain } from './wording.ts';

const mostTasks = 10;

/** Empty where there is none. */
export function drawProfile({ profile }: Report, width: number): string[] {
  if (profile == null) return []; // reports of earlier versions have none
  return [
    cutLeft(`${plain(profile.file, width)} · ${duration(profile.durationMs)}`, width),
    ...drawTasks(profile, width),
  ];
}

function drawTasks({ tasks }: ProfileEntry, width: number): string[] {
  if (tasks === null || tasks.length === 0) return [];
  const lines = tasks.slice(0, mostTasks).map(({ name, cpuMs, errorMs }) => {
    const who = name === null ? 'outside of tasks' : `task ${plain(name)}`;
    return wrap([who, `${duration(cpuMs)} ± ${duration(errorMs)}`], width, '  ', '    ');
  });
  const more = tasks.length - mostTasks;
  return ['processor time, by samples:', ...lines.flat(), ...(more > 0 ? [`  … ${more} more`] : [])];
}

/** The functions that ran during blocks: `JSON.parse 120 ms`, …; empty where nobody profiled. */
export function slicePhrases(slice: readonly SelfTimeEntry[] | null | undefined, directory: string): string[] {
  return (slice ?? []).map(({ function: name, at, selfMs }) => {
    const where = at === null ? '' : ` ${place(at, directory)}`;
    return `${duration(selfMs)} ${name === '' ? '(anonymous)' : plain(name)}${where}`;
  });
}
