// `loopscope/report`: the types of a report, for whoever reads its JSON.
export type { AwaitRow, RowLeaf, RowRoot, RowWaits } from './await-rows.ts';
export type { CombinatorSummary, Span } from './await-waits.ts';
export type { Seen } from './await-watch.ts';
export type * from './awaits.ts';
export { awaitsFormat, awaitsVersion } from './awaits.ts';
export { findCycles } from './cycles.ts';
export type * from './format.ts';
export type * from './handles.ts';
export type * from './history.ts';
export { reportFormat, reportVersion } from './format.ts';
export type { Warning } from './warning.ts';
