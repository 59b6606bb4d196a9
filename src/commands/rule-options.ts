// The options about rules, for every command that shows warnings.
import { ruleVariable } from '../config.ts';
import { readRuleSettings } from '../process/rule-settings.ts';
import type { RuleSettings } from '../rules/index.ts';

/** For `parseArgs`. */
export const ruleOptions = {
  rule: { type: 'string', multiple: true },
  ignore: { type: 'string', multiple: true },
} as const;

/** What the config file, the variable and these options say. Throws UsageError where one of them makes no sense. */
export function readRuleOptions({ rule = [], ignore = [] }: { rule?: string[]; ignore?: string[] }): RuleSettings {
  return readRuleSettings({ variable: ruleVariable(), directory: process.cwd(), rule, ignore });
}
