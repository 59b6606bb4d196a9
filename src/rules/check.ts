// Asks every rule about a report.
import { emptyParts } from '../report/empty.ts';
import type { Report } from '../report/format.ts';
import type { Finding, Rule, RuleContext, RuleResult, Waiter, Warning } from './rule.ts';
import { isIgnored, type RuleSettings } from './settings.ts';

/** Asks these rules about a report, which may be of an earlier version. One that throws has the answer `unknown`. */
export function askRules(rules: readonly Rule[], report: Report, settings: RuleSettings): RuleResult[] {
  const context = contextOf(report);
  const ignored = [...(settings.ignore ?? []), ...(report.ignoredRules ?? [])];
  return rules.map((rule) => {
    const threshold = settings.thresholds?.[rule.name] ?? rule.threshold?.value ?? 0;
    return askRule(rule, { ...context, threshold }, ignored);
  });
}

function askRule(rule: Rule, context: RuleContext, ignored: readonly string[]): RuleResult {
  const result = { rule: rule.name, warnings: [], reason: null, ignored: 0 };
  if (ignored.includes(rule.name)) return { ...result, answer: 'fine' };
  try {
    const found = rule.check(context);
    if ('unknown' in found) return { ...result, answer: 'unknown', reason: found.unknown };
    const all = found.map((finding) => warningOf(rule.name, finding));
    const warnings = all.filter((warning) => !isIgnored(warning, ignored, context.report));
    const answer = warnings.length > 0 ? 'warning' : 'fine';
    return { ...result, answer, warnings, ignored: all.length - warnings.length };
  } catch (error) {
    return { ...result, answer: 'unknown', reason: `the rule failed: ${String(error)}` };
  }
}

function warningOf(rule: string, finding: Finding): Warning {
  const { message, advice, site = null, task, resource, count = 1, value = null } = finding;
  return {
    rule,
    message,
    advice,
    site,
    task: task == null ? null : { id: task.id, name: task.name },
    resource: resource == null ? null : { id: resource.id, kind: resource.kind, name: resource.name },
    count,
    value,
  };
}

function contextOf(partial: Report): Omit<RuleContext, 'threshold'> {
  const report = { ...emptyParts, ...partial };
  const tasks = new Map(report.tasks.map((task) => [task.id, task]));
  const resources = new Map(report.resources.map((resource) => [resource.id, resource]));
  const waiters = waitersIn(report);
  return {
    report,
    taskOf: (id) => tasks.get(id),
    resourceOf: (id) => resources.get(id),
    waitersOf: (id) => waiters.get(id) ?? [],
  };
}

function waitersIn({ tasks }: Report): Map<number, Waiter[]> {
  const waiters = new Map<number, Waiter[]>();
  for (const task of tasks) {
    for (const wait of task.waits) {
      if (wait.on?.type !== 'resource') continue;
      const others = waiters.get(wait.on.id);
      if (others === undefined) waiters.set(wait.on.id, [{ task, wait }]);
      else others.push({ task, wait });
    }
  }
  return waiters;
}
