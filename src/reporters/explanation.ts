// What a rule means, as lines of text.
import { duration } from '../report/phrases.ts';
import type { Rule, Threshold } from '../rules/index.ts';
import { foldWords } from './lines.ts';

const width = 80;
const longestName = 20;

/** Name and summary of each. */
export function drawRules(rules: readonly Rule[]): string {
  const lines = rules.map(({ name, summary }) => `  ${name.padEnd(longestName)} ${summary}`);
  return `${lines.join('\n')}\n\nloopscope explain NAME says what each means, and what to do\nloopscope run --rules says whether each is fine, warns, or cannot tell, and why\n`;
}

/** All about one of them. */
export function drawExplanation(rule: Rule): string {
  const { name, summary, threshold, meaning, quiet, fix, wrong, right } = rule;
  const example = threshold === null ? null : setting(threshold);
  return [
    ...fold(`${name}: ${summary}`),
    '',
    ...fold(meaning),
    '',
    ...(threshold === null ? [] : [...fold(`Threshold: ${thresholdText(threshold)}, ${threshold.of}`), '']),
    ...fold(`No warning when: ${quiet}`),
    '',
    ...fold(`What to do: ${fix}`),
    '',
    'Wrong:',
    ...indent(wrong),
    '',
    'Right:',
    ...indent(right),
    '',
    ...(example === null
      ? []
      : ['Another threshold:', ...indent(`loopscope run --rule ${name}=${example} -- app.js`), '']),
    'Silence it, wholly or for what has a name (of a task, a resource or a file):',
    ...indent(`loopscope run --ignore ${name} -- app.js
loopscope run --ignore '${name}:migrate*' -- app.js
LOOPSCOPE_RULES=${name}=off
loopscope.config.json: { "rules": { "${name}:src/legacy/*": "off" } }
import { ignoreRule } from 'loopscope';
ignoreRule('${name}:migrate*');`),
    '',
  ].join('\n');
}

/** `1 m`, `10,000 items`. */
export function thresholdText({ value, unit }: Threshold): string {
  if (unit === 'ms') return duration(value);
  return `${value.toLocaleString('en')} ${value === 1 ? unit.replace(/s$/, '') : unit}`;
}

/** Twice the default, as people write it. */
function setting({ value, unit }: Threshold): string {
  if (unit !== 'ms') return String(value * 2);
  return value < 1000
    ? `${value * 2}ms`
    : duration(value * 2)
        .replace(/ /g, '')
        .replace('.0', '');
}

function fold(sentence: string): string[] {
  return foldWords(sentence, width, '');
}

function indent(code: string): string[] {
  return code.split('\n').map((line) => (line === '' ? '' : `    ${line}`));
}
