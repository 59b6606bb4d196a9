// How the doctor says numbers and places.
import type { SiteEntry } from '../report/format.ts';
import type { HotPath } from '../report/recording.ts';
import { duration } from '../report/phrases.ts';
import type { ThreadView } from './thread-view.ts';

/** `42 %`, `0.4 %`, `under 0.1 %`. */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.1) return 'under 0.1 %';
  return `${value < 1 && value > 0 ? value.toFixed(1) : Math.round(value)} %`;
}

/** `12 ms`, and of what is short `0.12 ms`. */
export function time(milliseconds: number): string {
  if (milliseconds >= 10) return duration(milliseconds);
  if (milliseconds >= 1) return `${milliseconds.toFixed(1)} ms`;
  return milliseconds >= 0.005 || milliseconds === 0 ? `${Number(milliseconds.toFixed(2))} ms` : 'under 0.01 ms';
}

/** `1,234`; of small numbers `1.5`. */
export function number(value: number): string {
  return (value < 10 && !Number.isInteger(value) ? Number(value.toFixed(1)) : Math.round(value)).toLocaleString(
    'en-US',
  );
}

/** `12 MB`, `1.2 GB`. */
export function bytes(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(1)} GB`;
  return value >= 1e6 ? `${Math.round(value / 1e6)} MB` : `${Math.max(1, Math.round(value / 1e3))} kB`;
}

/** ` in hashPassword`, or nothing for a function without a name. */
export function inFunction(site: SiteEntry): string {
  return site.function === '' ? '' : ` in ${site.function}`;
}

/** Who calls it, the nearest first; a function that calls itself is no caller. Empty where nobody does. */
export function callersOf({ callers, at }: Pick<HotPath, 'callers' | 'at'>, view: ThreadView): string[] {
  const names = callers
    .filter((site) => at === null || site.function === '' || site.function !== at.function)
    .map((site) => (site.function === '' ? view.line(site) : `${site.function} (${view.line(site)})`));
  return names.length === 0 ? [] : [`It is called from ${[...new Set(names)].join(', from ')}.`];
}
