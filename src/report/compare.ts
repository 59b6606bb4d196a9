// What is new, gone, worse or better in one set of reports than in another, by name and place: ids and lines differ from
// run to run and from version to version of the code.
import { isKept, itemsOfRecording, type Recorded } from './compare-recordings.ts';
import { fileOf } from './phrases.ts';
import type { BlockEntry, Report, ResourceEntry, SiteEntry } from './format.ts';

export const comparisonFormat = 'loopscope-comparison';
export const comparisonVersion = 1;

/** What is compared. `loop` is how late the event loop is. From `findings` on, and `loop`, of recordings of the doctor. */
export const comparedKinds = [
  'warnings',
  'cycles',
  'tasks',
  'holds',
  'queues',
  'blocks',
  'findings',
  'requests',
  'processor',
  'loop',
  'gc',
  'memory',
  'operations',
] as const;
export type ComparedKind = (typeof comparedKinds)[number];

/** Two sets of reports compared. */
export interface Comparison {
  readonly format: typeof comparisonFormat;
  readonly version: typeof comparisonVersion;
  /** By kind, in the order of `comparedKinds`, the most first. What is the same is not in it. */
  readonly changes: readonly Change[];
  /** How many there are of each kind that are the same. */
  readonly same: number;
}

/** Something that differs. */
export interface Change {
  readonly kind: ComparedKind;
  readonly change: 'new' | 'gone' | 'worse' | 'better';
  /** `handler`, `lock stock held by ship`, `wait-cycle: lock stock`, `delay p99` */
  readonly name: string;
  /** Where it is after, or was before if it is gone. */
  readonly site: SiteEntry | null;
  /** The folder of its program, which paths are relative to. */
  readonly directory: string;
  /** Null where there was none. */
  readonly before: number | null;
  readonly after: number | null;
  readonly unit: 'count' | 'ms' | 'items' | '/s' | '%' | 'MB';
  /** What the rule says, of a warning: whole sentences; null of all else. */
  readonly message: string | null;
}

/** From how much more or less on a number of things is better or worse. */
export interface Tolerance {
  /** Of times and depths: a share of what was. Counts have none. Default 0.25. */
  readonly share?: number;
}

/** What one run has of something. */
export interface Item extends Pick<Change, 'kind' | 'name' | 'site' | 'directory' | 'unit' | 'message'> {
  /** What is the same in both runs has the same. */
  readonly key: string;
  readonly value: number;
  /** What is less than this is chance, whatever its share; that of its unit where it is absent. */
  readonly noise?: number;
  readonly isMoreBetter?: boolean;
}

/** A run: its reports, and the recordings of the doctor. */
export interface ComparedRun {
  readonly reports: readonly Report[];
  readonly recordings: readonly Recorded[];
}

const defaultShare = 0.25;
/** What is less than this is noise, whatever its share. */
const noise: Readonly<Record<Change['unit'], number>> = {
  count: 0,
  ms: 20,
  items: 5,
  '/s': 1,
  '%': 3,
  MB: 20,
};

/** Compares one run with another. Pure. */
export function compareRuns(
  before: ComparedRun,
  after: ComparedRun,
  { share = defaultShare }: Tolerance = {},
): Comparison {
  const old = gather(before);
  const now = gather(after);
  const changes: Change[] = [];
  let same = 0;
  for (const key of new Set([...now.keys(), ...old.keys()])) {
    const [was, is] = [old.get(key), now.get(key)];
    const change = changeOf(was, is, share);
    if (change === null) same++;
    else changes.push(change);
  }
  const order = new Map(comparedKinds.map((kind, index) => [kind, index]));
  const place = ({ kind }: Change): number => order.get(kind) as number;
  const size = ({ before: was, after: is }: Change): number => Math.abs((is ?? 0) - (was ?? 0));
  changes.sort((one, other) => place(one) - place(other) || size(other) - size(one));
  return { format: comparisonFormat, version: comparisonVersion, changes, same };
}

/** A number that is there in each run that was looked at so. */
const isMeasured: ReadonlySet<ComparedKind> = new Set(['loop', 'requests', 'processor', 'gc', 'memory', 'operations']);

function changeOf(was: Item | undefined, is: Item | undefined, share: number): Change | null {
  const { kind, name, site, directory, unit, message } = (is ?? was) as Item;
  const fields = { kind, name, site, directory, unit, message, before: was?.value ?? null, after: is?.value ?? null };
  const isMissing = was === undefined || is === undefined;
  if (isMissing && isMeasured.has(kind)) return null; // in one of them it was not
  if (was === undefined) return { ...fields, change: 'new' };
  if (is === undefined) return { ...fields, change: 'gone' };
  const chance = is.noise ?? noise[unit];
  const least = unit === 'count' ? 0 : chance + Math.min(was.value, is.value) * (unit === '%' ? 0 : share);
  const more = is.value - was.value;
  if (Math.abs(more) <= least) return null;
  return { ...fields, change: more > 0 === (is.isMoreBetter === true) ? 'better' : 'worse' };
}

/** By what they are, equal ones as one: counts are added, of all else the most counts. */
function gather({ reports, recordings }: ComparedRun): Map<string, Item> {
  const items = new Map<string, Item>();
  const all = [
    ...reports.flatMap((report) => [...itemsOf(report)]),
    ...recordings.flatMap((recorded) => [
      ...recorded.recording.threads.flatMap(({ report }) => [...itemsOf(report)].filter(isKept)),
      ...itemsOfRecording(recorded),
    ]),
  ];
  for (const item of all) {
    const known = items.get(item.key);
    const value = known === undefined ? item.value : merge(known.value, item);
    items.set(item.key, known === undefined ? item : { ...known, value });
  }
  return items;
}

function merge(value: number, item: Item): number {
  return item.unit === 'count' ? value + item.value : Math.max(value, item.value);
}

function* itemsOf(report: Report): Generator<Item> {
  const { directory } = report.process;
  const item = (
    kind: ComparedKind,
    name: string,
    site: SiteEntry | null,
    value: number,
    unit: Change['unit'],
  ): Item => {
    const where = site === null ? '' : `${fileOf(site, directory)}\0${site.function}`;
    return { key: [kind, name, where].join('\0'), kind, name, site, directory, value, unit, message: null };
  };
  for (const { rule, message, task, resource, site, count } of report.warnings ?? []) {
    const about = resource === null ? (task?.name ?? '') : `${resource.kind} ${resource.name}`;
    yield { ...item('warnings', about === '' ? rule : `${rule}: ${about}`, site, count, 'count'), message };
  }
  const names = new Map(report.tasks.map(({ id, name }) => [id, name]));
  for (const { steps } of report.cycles) {
    const members = steps.map(
      ({ task, waitsFor }) => `${names.get(task) ?? '?'} for ${waitsFor.kind} ${waitsFor.name}`,
    );
    yield item('cycles', members.toSorted().join(', '), null, 1, 'count');
  }
  for (const { id, kind, name, createdAt } of report.tasks) {
    if (id !== 0) yield item('tasks', kind === 'task' ? name : `${kind} ${name}`, createdAt, 1, 'count');
  }
  for (const resource of report.resources) yield* itemsOfResource(resource, item);
  const { loop } = report;
  if (loop == null) return; // reports of earlier versions have none
  for (const block of loop.blocks) yield item('blocks', blockName(block), block.stack[0] ?? null, block.maxMs, 'ms');
  if (loop.observedMs === 0) return;
  yield item('loop', 'delay p99', null, loop.delay.p99Ms, 'ms');
  yield item('loop', 'delay max', null, loop.delay.maxMs, 'ms');
}

type MakeItem = (kind: ComparedKind, name: string, site: SiteEntry | null, value: number, unit: Change['unit']) => Item;

function* itemsOfResource(
  { kind, name, createdAt, holders, statistics }: ResourceEntry,
  item: MakeItem,
): Generator<Item> {
  if (kind !== 'queue' && kind !== 'executor') {
    for (const { task, at, forMs } of holders) {
      yield item('holds', `${kind} ${name} held by ${task.name}`, at ?? createdAt, forMs, 'ms');
    }
  }
  if (statistics.kind === 'queue' && statistics.depth !== null) {
    yield item('queues', `queue ${name}`, createdAt, statistics.depth, 'items');
  }
}

function blockName({ kind, native, stack: [top] }: BlockEntry): string {
  return native ?? (top === undefined ? kind : top.function === '' ? '(anonymous)' : top.function);
}
