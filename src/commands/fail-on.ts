// `--fail-on`: which findings fail a build, by the name of a rule or of a class of them.
import { UsageError } from '../errors.ts';
import { nearestName } from '../rules/nearest.ts';
import type { Examined, Finding } from '../reporters/findings.ts';
import { count } from '../reporters/wording.ts';

/** The program ended with 0, and something was found that `--fail-on` names. */
export const foundExitCode = 8;

/** Names which stand for more than one rule, and what they stand for. */
const classes = {
  leaked: ({ rule }) => rule === 'leaked',
  warning: ({ isWarning }) => isWarning,
  none: () => false,
} as const satisfies Readonly<Record<string, (finding: Pick<Finding, 'rule' | 'isWarning'>) => boolean>>;

type ClassName = keyof typeof classes;

/** What was asked for. */
export interface FailOn {
  /** As they were given. */
  readonly names: readonly string[];
  readonly fails: (finding: Pick<Finding, 'rule' | 'isWarning'>) => boolean;
}

/** Throws UsageError for a name that is neither a class nor one of the rules. */
export function parseFailOn(text: string, rules: readonly string[]): FailOn {
  const names = text.split(',').flatMap((name) => name.trim() || []);
  const known = [...Object.keys(classes), ...rules];
  for (const name of names) if (!known.includes(name)) throw new UsageError(unknownName('--fail-on', name, known));
  if (names.length === 0) throw new UsageError(`--fail-on needs names: ${known.join(', ')}`);
  return {
    names,
    fails: (finding) =>
      names.some((name) =>
        Object.hasOwn(classes, name) ? classes[name as ClassName](finding) : finding.rule === name,
      ),
  };
}

/** `--fail-on leaked: 3 findings (2 leaked, 1 wait-cycle)`; null where nothing fails. */
export function failureOf(failOn: FailOn, examined: readonly Examined[]): string | null {
  const failing = examined.flatMap(({ findings }) => findings).filter(failOn.fails);
  if (failing.length === 0) return null;
  const byRule = [...Map.groupBy(failing, ({ rule }) => rule)].map(([rule, { length }]) => `${length} ${rule}`);
  return `--fail-on ${failOn.names.join(',')}: ${count(failing.length, 'finding')} (${byRule.join(', ')})`;
}

/** A sentence about a name that is not known, with the one that was most likely meant, or all. */
export function unknownName(option: string, name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  const hint = nearest === null ? '' : `did you mean ${nearest}? `;
  return `${option}: there is no ${JSON.stringify(name)}; ${hint}there are ${known.join(', ')}`;
}
