// Reports for a main thread that does not answer, in the watchdog thread: what it left in shared memory a second before,
// and what the system says it does now.
import { readFileSync } from 'node:fs';
import type { StuckFacts } from '../loop/stuck.ts';
import type { Reason, Report, SiteEntry } from '../report/format.ts';
import { complain } from '../runtime/complain.ts';
import { SiteMapper } from '../runtime/source-map.ts';
import { addOwnWarnings } from './add-warnings.ts';
import { writeReport } from './deliver.ts';
import { RunDirectory } from './run-directory.ts';
import type { StuckData } from './stuck.ts';

const longestCommand = 80;
const sleepStates = new Set(['S', 'D']);

/** Writes the report of what can be known, as the configuration of the process says. */
export function reportStuck({ reason, blockedMs, activity }: StuckFacts, { config, memory }: StuckData): void {
  const directory = config.runDirectory === null ? null : new RunDirectory(config.runDirectory);
  if (reason === 'stuck' && config.stuckExit) directory?.markStuck(process.pid);
  const seconds = Math.round(blockedMs / 100) / 10;
  const doing =
    activity === null
      ? ''
      : sleepStates.has(activity.state)
        ? `, where it sleeps${activity.sleepsIn === '' ? '' : ` (${activity.sleepsIn})`}`
        : ', where it works';
  const child = activity?.sleepsIn.includes('poll') === true ? lastChild() : null;
  const awaited = child === null ? '' : `; as execSync does, it may wait for its child process ${child}`;
  complain(`the main thread has been in a call into native code for ${seconds} s${doing}${awaited}`);
  const remembered = read(memory);
  if (remembered === null) {
    complain('so there is no report of what is pending');
    return;
  }
  const report = mapSites({ ...remembered, reason: reason as Reason }) as Report;
  if (directory === null) writeReport(addOwnWarnings(report), config);
  else directory.deliver(report);
}

/** The child process that the main thread started last, of those that run; null where there is none, or it is not told. */
function lastChild(): string | null {
  try {
    const pid = readFileSync(`/proc/self/task/${process.pid}/children`, 'latin1').trim().split(' ').at(-1) ?? '';
    if (pid === '') return null;
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
    return `${words.length > longestCommand ? `${words.slice(0, longestCommand)}…` : words} (pid ${pid})`;
  } catch {
    return null;
  }
}

function read(memory: SharedArrayBuffer): Report | null {
  const text = new TextDecoder().decode(new Uint8Array(memory).slice());
  const end = text.indexOf('\0');
  if (end === 0 || text === '') return null;
  return JSON.parse(end === -1 ? text : text.slice(0, end)) as Report;
}

/** The same with every site in it taken to its source. */
function mapSites(report: unknown): unknown {
  const mapper = new SiteMapper();
  const map = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(map);
    if ('file' in value && 'line' in value && 'column' in value) return mapper.map(value as SiteEntry);
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, map(each)]));
  };
  return map(report);
}
