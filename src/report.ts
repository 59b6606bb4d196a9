// `loopscope/report`: the types of a report, for whoever reads its JSON, and the rules that find what is wrong in it.
export type * from './report/index.ts';
export { awaitsFormat, awaitsVersion, findCycles, reportFormat, reportVersion } from './report/index.ts';
export type * from './rules/index.ts';
export { checkRules, findWarnings, rules } from './rules/index.ts';
