// `loopscope explain`: what the rules are, what one of them means, what to do about it, and how to silence it.
import { UsageError } from '../errors.ts';
import { rules, unknownRule } from '../rules/index.ts';
import { drawExplanation, drawRules } from '../reporters/explanation.ts';
import { writeOutput } from './output.ts';

export async function explain(words: readonly string[]): Promise<void> {
  const [name, ...others] = words;
  if (others.length > 0) throw new UsageError('explain takes one rule: loopscope explain NAME');
  if (name === undefined) return writeOutput(drawRules(rules), null);
  const rule = rules.find((each) => each.name === name);
  if (rule === undefined) throw new UsageError(unknownRule(name, rules));
  await writeOutput(drawExplanation(rule), null);
}
