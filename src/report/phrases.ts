// How rules and reporters say numbers and places. One way for each.
import type { SiteEntry } from './format.ts';

/** `12 ms`, `1.2 s`, `2 m 3 s`, `1 h 2 m`, `3 d 4 h`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return pair(whole, 60, 'm', 's');
  if (whole < 86_400) return pair(Math.floor(whole / 60), 60, 'h', 'm');
  return pair(Math.floor(whole / 3600), 24, 'd', 'h');
}

function pair(whole: number, size: number, large: string, small: string): string {
  const rest = whole % size;
  return `${Math.floor(whole / size)} ${large}${rest === 0 ? '' : ` ${rest} ${small}`}`;
}

/** `3 tasks`, `1 task`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** The file of a site, relative to the program's directory if it is inside. */
export function fileOf({ file }: Pick<SiteEntry, 'file'>, directory: string): string {
  const separator = directory.includes('\\') ? '\\' : '/';
  const start = `${directory}${separator}`;
  return directory !== separator && file.startsWith(start) ? file.slice(start.length) : file;
}

/** `src/orders.ts:12`: the line, without what a click needs beyond it. */
export function lineOf(site: SiteEntry, directory: string): string {
  return `${site.exact ? '' : '~'}${fileOf(site, directory)}:${site.line}`;
}
