// What every rule answers, as lines of text: those that warn, those that cannot tell and why, and those that are fine.
import type { Report } from '../report/format.ts';
import { foldWords } from './lines.ts';
import { count, plain } from './wording.ts';

export const answersTitle = 'RULES  what each of them says';

/** Empty where nobody asked for it. */
export function drawAnswers({ answers = [] }: Report, width: number): string[] {
  const named = (answer: string): string[] => answers.filter((each) => each.answer === answer).map(({ rule }) => rule);
  const list = (names: readonly string[], does: string): string[] =>
    names.length === 0 ? [] : foldWords(`${count(names.length, 'rule')} ${does}: ${names.join(', ')}`, width, '  ');
  const ignored = answers.filter((each) => each.ignored > 0);
  return [
    ...list(named('warning'), named('warning').length === 1 ? 'warns' : 'warn'),
    ...answers.flatMap(({ rule, reason }) =>
      reason === null ? [] : foldWords(`${rule} cannot tell: ${plain(reason, 300)}`, width, '  '),
    ),
    ...ignored.flatMap(({ rule, ignored: number }) =>
      foldWords(`${rule}: ${count(number, 'warning')} ${number === 1 ? 'is' : 'are'} ignored`, width, '  '),
    ),
    ...list(named('off'), named('off').length === 1 ? 'is off' : 'are off'),
    ...list(named('fine'), named('fine').length === 1 ? 'is fine' : 'are fine'),
  ];
}
