import { expect, test } from 'vitest';
import { foldWords } from '../../src/reporters/lines.ts';

test('a sentence is folded between words, and never between a number and its unit', () => {
  const sentence = 'blocked 2 times for 594 ms, 10 % of 3 MB in 5 s. Another second';
  expect(foldWords(sentence, 14, '  ')).toEqual([
    'blocked 2',
    '  times for',
    '  594 ms, 10 %',
    '  of 3 MB in',
    '  5 s. Another',
    '  second',
  ]);
});
