// `checkRules`: the list of all rules, in the order in which they are asked and their warnings are shown.
import type { Report } from '../report/format.ts';
import { askRules } from './check.ts';
import { deadHolder } from './dead-holder.ts';
import { permitLeak } from './permit-leak.ts';
import { poolLeak } from './pool-leak.ts';
import { blockedLoop } from './blocked-loop.ts';
import { unboundedQueue } from './unbounded-queue.ts';
import { openBreaker } from './open-breaker.ts';
import { ignoredCancel } from './ignored-cancel.ts';
import { stuckWait } from './stuck-wait.ts';
import { stuckTask } from './stuck-task.ts';
import { taskDoneMissing } from './task-done-missing.ts';
import { outlivesParent } from './outlives-parent.ts';
import { longHold } from './long-hold.ts';
import { forgottenTask } from './forgotten-task.ts';
import { lostError } from './lost-error.ts';
import { unboundedFanOut } from './unbounded-fan-out.ts';
import { growingQueue } from './growing-queue.ts';
import { unclosedResource } from './unclosed-resource.ts';
import { retryStorm } from './retry-storm.ts';
import { blockingCall } from './blocking-call.ts';
import { starvingMicrotasks } from './starving-microtasks.ts';
import { timerDrift } from './timer-drift.ts';
import { taskOutsideRun } from './task-outside-run.ts';
import type { Rule, RuleResult, Warning } from './rule.ts';
import type { RuleSettings } from './settings.ts';
import { waitCycle } from './wait-cycle.ts';

export type { Finding, Rule, RuleContext, RuleResult, Threshold, Unknown, Warning } from './rule.ts';
export { joinSettings, parseIgnored, parseSetting, unknownRule, type RuleSettings } from './settings.ts';

/** What is wrong now comes first, then what will be, then what should be done otherwise. */
export const rules: readonly Rule[] = [
  waitCycle,
  stuckWait,
  stuckTask,
  deadHolder,
  longHold,
  permitLeak,
  poolLeak,
  taskDoneMissing,
  blockedLoop,
  unboundedQueue,
  openBreaker,
  ignoredCancel,
  forgottenTask,
  lostError,
  unboundedFanOut,
  growingQueue,
  unclosedResource,
  retryStorm,
  blockingCall,
  starvingMicrotasks,
  timerDrift,
  taskOutsideRun,
  outlivesParent,
];

/** Asks every rule about a report: one of this process, or one that was read from JSON, also of an earlier version. */
export function checkRules(report: Report, settings: RuleSettings = {}): RuleResult[] {
  return askRules(rules, report, settings);
}

/** All that the rules warn of. */
export function findWarnings(report: Report, settings: RuleSettings = {}): Warning[] {
  return checkRules(report, settings).flatMap(({ warnings }) => warnings);
}
