// Leaves that differ by numbers only are alike: timers with other times left, sockets with other ports of their own. What
// is known of many is said once, with the range of each number.
import type { Leaf, LeafKind } from './awaits.ts';

/** What many leaves that are alike have in common. */
export interface LeafSummary {
  readonly kind: LeafKind;
  /** The same for all leaves that are alike, in every look at the process. */
  readonly key: string;
  /** `3.1–9.8 s left`, `127.0.0.1:5432`. */
  readonly detail: string;
  /** From a root to the resolver; what is not the same for all is `…`. */
  readonly settledBy: readonly string[];
  readonly verdict: Leaf['verdict'];
  readonly template: Template;
}

/** A text around numbers: there is one part more than there are ranges. */
interface Template {
  readonly parts: readonly string[];
  readonly ranges: readonly Range[];
}

interface Range {
  readonly least: Amount;
  readonly most: Amount;
}

interface Amount {
  readonly value: number;
  readonly text: string;
}

const durations: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
// A duration; a port; a number that stands alone, and is no part of a name, an address or a place in a file.
const numbers = /\d+(?:\.\d+)? (?:ms|[smhd])(?: \d+ [smh])?(?!\w)|(?<=:)\d{5}(?!\d)|(?<![\w.:/$-])\d+(?![\w:/-]|\.\d)/g;
// From here on a system takes ports for the near end of a connection; those below are of services, and tell them apart.
const firstPassingPort = 32_768;
// On the way to a settler: an index, and for how long a holder has it.
const varying = /(?<=\[)\d+(?=\])|^\d+$|\d+(?:\.\d+)? (?:ms|[smhd])(?: \d+ [smh])?(?!\w)/g;

/** One leaf as the summary of itself. */
export function summariseLeaf({ kind, detail, settledBy, verdict }: Leaf): LeafSummary {
  const template = templateOf(detail);
  const path = settledBy.map(withoutNumbers);
  const key = [kind, verdict, template.parts.join('\u0001'), ...path].join('\u0002');
  return { kind, key, detail, settledBy, verdict, template };
}

/** Of two leaves with the same key. */
export function mergeLeaves(one: LeafSummary, other: LeafSummary): LeafSummary {
  const sameDetail = one.detail === other.detail;
  const samePath = one.settledBy.every((step, index) => step === other.settledBy[index]);
  if (one === other || (sameDetail && samePath)) return one;
  const template = sameDetail ? one.template : mergeTemplates(one.template, other.template);
  return {
    ...one,
    template,
    detail: sameDetail ? one.detail : textOf(template),
    settledBy: samePath ? one.settledBy : one.settledBy.map(withoutNumbers),
  };
}

function withoutNumbers(step: string): string {
  return step.replaceAll(varying, '…');
}

function templateOf(text: string): Template {
  const parts: string[] = [];
  const ranges: Range[] = [];
  let end = 0;
  for (const { 0: number, index } of text.matchAll(numbers)) {
    const value = valueOf(number);
    if (text[index - 1] === ':' && value < firstPassingPort) continue;
    const amount = { value, text: number };
    parts.push(text.slice(end, index));
    ranges.push({ least: amount, most: amount });
    end = index + number.length;
  }
  return { parts: [...parts, text.slice(end)], ranges };
}

/** Of `12`, and of `2 m 3 s` in milliseconds. */
function valueOf(text: string): number {
  const [amount, unit = 'ms', rest, smaller = 'ms'] = text.split(' ');
  return Number(amount) * (durations[unit] as number) + Number(rest ?? 0) * (durations[smaller] as number);
}

function mergeTemplates(one: Template, other: Template): Template {
  const ranges = one.ranges.map(({ least, most }, index) => {
    const range = other.ranges[index] as Range;
    return {
      least: range.least.value < least.value ? range.least : least,
      most: range.most.value > most.value ? range.most : most,
    };
  });
  return { parts: one.parts, ranges };
}

function textOf({ parts, ranges }: Template): string {
  return parts.map((part, index) => part + rangeText(ranges[index])).join('');
}

/** `3.1–9.8 s`, `900 ms–2.1 s`; one number where both are the same. */
function rangeText(range: Range | undefined): string {
  if (range === undefined) return '';
  const { least, most } = range;
  if (least.text === most.text) return least.text;
  const [first, unit, ...rest] = least.text.split(' ');
  const sameUnit = unit !== undefined && rest.length === 0 && most.text.split(' ').slice(1).join(' ') === unit;
  return `${sameUnit ? first : least.text}–${most.text}`;
}
