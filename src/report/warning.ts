// What a rule found, as plain JSON: a part of the report, and all that reporters need to draw it.
import type { SiteEntry, Target } from './format.ts';

/** Something in a report that is wrong, or is going to be. The same thing found many times over is one warning. */
export interface Warning {
  /** Name of the rule. `loopscope explain NAME` says more. */
  readonly rule: string;
  /** What is wrong: whole sentences, with the numbers of this report. Names are the program's, and may hold any character. */
  readonly message: string;
  /** What to do about it: a sentence or two. */
  readonly advice: string;
  /** The line to look at; null where nobody knows it. */
  readonly site: SiteEntry | null;
  readonly task: { readonly id: number; readonly name: string } | null;
  readonly resource: Pick<Target, 'id' | 'kind' | 'name'> | null;
  /** How many things this is about: tasks of one name at one line, for example. */
  readonly count: number;
  /** What was compared with the threshold of the rule, in its unit; null for a rule without one. */
  readonly value: number | null;
}

/** What a rule says of a report, where every rule was asked for its answer (`--rules`). */
export interface RuleAnswer {
  readonly rule: string;
  /** `unknown` where it has not seen enough; `off` where nobody wants to know. */
  readonly answer: 'fine' | 'warning' | 'unknown' | 'off';
  /** Why it is unknown; null for the others. */
  readonly reason: string | null;
  /** How many warnings are ignored, as the settings or the program say. */
  readonly ignored: number;
}
