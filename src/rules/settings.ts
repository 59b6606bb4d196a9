// Which rules are on and from which value on they warn. What people write is read here, for command line, variable and file.
import type { Report } from '../report/format.ts';
import { nearestName } from './nearest.ts';
import type { Rule, Warning } from './rule.ts';

/** What is left out is as the rules have it. */
export interface RuleSettings {
  /** By name of the rule, in its unit: milliseconds, or a number of things. */
  readonly thresholds?: Readonly<Record<string, number>>;
  /**
   * What is not warned of: `NAME` a rule, `NAME:GLOB` what it finds in tasks, resources or files of such a name, where `*` is
   * any run of characters. `*:GLOB` is for all rules.
   */
  readonly ignore?: readonly string[];
}

/** The settings of what is said later count, and all that anybody ignores is ignored. */
export function joinSettings(all: readonly RuleSettings[]): RuleSettings {
  return {
    thresholds: Object.assign({}, ...all.map(({ thresholds }) => thresholds)) as Record<string, number>,
    ignore: all.flatMap(({ ignore = [] }) => ignore),
  };
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/**
 * Reads `NAME=THRESHOLD`, `NAME=off` or `NAME:GLOB=off`.
 * @returns the settings, or one sentence on what is wrong with it
 */
export function parseSetting(text: string, rules: readonly Rule[]): RuleSettings | string {
  const end = text.lastIndexOf('=');
  if (end < 1) return `a rule is set as NAME=THRESHOLD or NAME=off, not ${JSON.stringify(text)}`;
  const subject = text.slice(0, end).trim();
  const value = text.slice(end + 1).trim();
  if (value === 'off') return parseIgnored(subject, rules);
  const rule = rules.find(({ name }) => name === subject);
  if (rule === undefined) {
    if (!subject.includes(':')) return unknownRule(subject, rules);
    return `${JSON.stringify(subject)} can only be off: a threshold is for all that a rule finds`;
  }
  if (rule.threshold === null) return `${rule.name} has no threshold: it can only be off`;
  const { unit } = rule.threshold;
  const threshold = unit === 'ms' ? parseTime(value) : Number(/^\d+(?:\.\d+)?$/.exec(value)?.[0]);
  if (threshold >= 0) return { thresholds: { [rule.name]: threshold } };
  const expected = unit === 'ms' ? 'a time such as 500ms, 30s or 2m' : `a number of ${unit}`;
  return `the threshold of ${rule.name} must be ${expected}, not ${JSON.stringify(value)}`;
}

/** Reads `NAME` or `NAME:GLOB`, as `parseSetting` does. */
export function parseIgnored(text: string, rules: readonly Rule[]): RuleSettings | string {
  const [name = ''] = text.split(':', 1);
  if (name !== '*' && !rules.some((rule) => rule.name === name)) return unknownRule(name, rules);
  if (name === '*' && text === '*') return 'all rules at once cannot be ignored, only *:GLOB';
  return { ignore: [text] };
}

/** One sentence that names the rule which was probably meant. */
export function unknownRule(name: string, rules: readonly Rule[]): string {
  const names = rules.map((rule) => rule.name);
  const nearest = nearestName(name, names);
  const hint = nearest === null ? 'loopscope explain lists them' : `did you mean ${nearest}?`;
  return `there is no rule ${JSON.stringify(name)}; ${hint}`;
}

/** Milliseconds; a number alone is seconds, as for other options. */
function parseTime(text: string): number {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  return Number(number) * (units[unit] as number);
}

/** Whether a warning is of what is ignored. */
export function isIgnored(warning: Warning, ignored: readonly string[], { process: { directory } }: Report): boolean {
  return ignored.some((entry) => {
    const [rule = ''] = entry.split(':', 1);
    if (rule !== '*' && rule !== warning.rule) return false;
    return entry.length === rule.length || namesOf(warning, directory).some(globTest(entry.slice(rule.length + 1)));
  });
}

/** All by which people may call what it is about. */
function namesOf({ task, resource, site }: Warning, directory: string): string[] {
  const names: string[] = [];
  if (task !== null) names.push(task.name, `task ${task.name}`);
  if (resource !== null) names.push(resource.name, `${resource.kind} ${resource.name}`);
  if (site === null) return names;
  const inside = site.file.startsWith(directory) ? site.file.slice(directory.length).replace(/^[/\\]/, '') : site.file;
  return [...names, site.file, inside, `${inside}:${site.line}`];
}

function globTest(glob: string): (text: string) => boolean {
  const parts = glob.split(/\*+/).map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`));
  const pattern = new RegExp(`^${parts.join('.*')}$`, 'su');
  return (text) => pattern.test(text);
}
