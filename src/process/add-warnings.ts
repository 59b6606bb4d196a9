// Adds to a report what the rules find in it.
import type { Report } from '../report/format.ts';
import { checkRules, type RuleSettings } from '../rules/index.ts';
import { complain } from '../runtime/complain.ts';
import { areAnswersAsked, ruleVariable } from '../config.ts';
import { readRuleSettings } from './rule-settings.ts';

const failed = new Set<string>();

/**
 * The report with its warnings. A rule that fails is said in one line, once, and has found nothing.
 * @param withAnswers whether it also has what each rule says that found nothing
 */
export function addWarnings(report: Report, settings: RuleSettings, withAnswers: boolean = false): Report {
  const results = checkRules(report, settings);
  for (const { rule, reason } of results) {
    if (reason?.startsWith('the rule failed') !== true || failed.has(rule)) continue;
    failed.add(rule);
    complain(`the report has no warnings of ${rule}: ${reason}`);
  }
  const found = { ...report, warnings: results.flatMap(({ warnings }) => warnings) };
  if (!withAnswers) return found;
  const off = new Set([...(settings.ignore ?? []), ...(report.ignoredRules ?? [])]);
  const answers = results.map(({ rule, answer, reason, ignored }) => {
    return { rule, answer: off.has(rule) ? 'off' : answer, reason, ignored } as const;
  });
  return { ...found, answers };
}

/** The same in the process of the program: settings that make no sense are said in one line, and the rules are as they are. */
export function addOwnWarnings(report: Report): Report {
  let settings: RuleSettings = {};
  try {
    settings = readRuleSettings({ variable: ruleVariable(), directory: report.process.directory });
  } catch (error) {
    complain('the rules are as they are by default', error);
  }
  return addWarnings(report, settings, areAnswersAsked());
}
