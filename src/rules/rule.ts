// What a rule is, what it is given and what it answers.
import type { Report, ResourceEntry, TaskEntry, WaitEntry } from '../report/format.ts';
import type { Warning } from '../report/warning.ts';

export type { Warning } from '../report/warning.ts';

/** From which value on a rule warns: at the value itself, too. */
export interface Threshold {
  /** The default. */
  readonly value: number;
  /** `ms`, which people write as `30s` or `2m`; or what is counted, in the plural: `items`, `tasks`. */
  readonly unit: string;
  /** What is compared with it: `how long the first in line waits`. */
  readonly of: string;
}

/** What a rule is asked about. */
export interface RuleContext {
  readonly report: Report;
  /** As it is set, in the unit of the rule; 0 where it has none. */
  readonly threshold: number;
  /** Of a task that is pending. */
  readonly taskOf: (id: number) => TaskEntry | undefined;
  readonly resourceOf: (id: number) => ResourceEntry | undefined;
  /** Who waits for a resource. */
  readonly waitersOf: (id: number) => readonly Waiter[];
}

export interface Waiter {
  readonly task: TaskEntry;
  readonly wait: WaitEntry;
}

/** A warning before it has the name of its rule. What is left out is null, and `count` is 1. */
export type Finding = Pick<Warning, 'message' | 'advice'> & Partial<Omit<Warning, 'rule'>>;

/** A rule cannot tell: the report does not have what it needs. */
export interface Unknown {
  /** `the loop was not measured` */
  readonly unknown: string;
}

/** One check of a report. It is pure: the same report has the same findings, wherever and whenever it is checked. */
export interface Rule {
  /** Words with hyphens between them. */
  readonly name: string;
  /** What it finds, in one line of at most 57 characters. */
  readonly summary: string;
  readonly threshold: Threshold | null;
  /** What it means, and why it matters: whole sentences. */
  readonly meaning: string;
  /** What looks like it and is none: when it stays quiet. */
  readonly quiet: string;
  /** What to do about it. */
  readonly fix: string;
  /** Code that it warns of, and the same as it should be: some lines of at most 74 characters. */
  readonly wrong: string;
  readonly right: string;
  /** Fields may be absent from reports of earlier versions. An error that it throws makes its answer unknown. */
  readonly check: (context: RuleContext) => readonly Finding[] | Unknown;
}

/** What a rule says of a report: `unknown` where it has not seen enough. */
export interface RuleResult {
  readonly rule: string;
  readonly answer: 'fine' | 'warning' | 'unknown';
  /** Empty unless the answer is `warning`. */
  readonly warnings: readonly Warning[];
  /** Why the answer is `unknown`; null for the others. */
  readonly reason: string | null;
  /** What is ignored, as the settings or the program say. */
  readonly ignored: number;
}
