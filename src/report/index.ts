// `loopscope/report`: the types of a report, for whoever reads its JSON.
export { findCycles } from './cycles.ts';
export type * from './format.ts';
export { reportFormat, reportVersion } from './format.ts';
