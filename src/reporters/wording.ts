// How the text reporters say things: durations, names, places, waits. One way for each.
import { basename } from 'node:path';
import stringWidth from 'string-width';
import type { Leaf } from '../report/awaits.ts';
import type {
  HolderEntry,
  ParkedEntry,
  PartEntry,
  ProgressEntry,
  ResourceEntry,
  SiteEntry,
  Target,
  TaskEntry,
  WaitEntry,
} from '../report/format.ts';
import { duration, fileOf } from '../report/phrases.ts';

export { count, duration } from '../report/phrases.ts';

const longestName = 60;
const longestDetail = 120;
const longestOperation = 80;
const segmenter = new Intl.Segmenter();
// One column each: string-width takes fifty times as long to find that out.
const narrow = /^[ -~·×…–→↳─│└├┄]*$/;

/** Text that came from the program, fit for a terminal: one line, no control characters, not too long. */
export function plain(text: string, longest: number = longestName): string {
  const start = text.length > longest * 4 ? text.slice(0, longest * 4) : text;
  const visible = start.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) as number;
    return code === 10 ? '\\n' : `\\u{${code.toString(16)}}`;
  });
  return cutRight(visible, longest);
}

/** How many columns a text takes in a terminal. */
export function widthOf(text: string): number {
  return narrow.test(text) ? text.length : stringWidth(text);
}

/** At most `width` columns, with an ellipsis where the end was cut. */
export function cutRight(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  return `${widest(charactersOf(text), width - 1).join('')}…`;
}

/** At most `width` columns; what is cut is cut before the number of a task, which stays. */
export function cutBeforeId(text: string, width: number): string {
  const id = / #\d+$/.exec(text)?.[0] ?? '';
  return width > id.length + 2
    ? cutRight(text.slice(0, text.length - id.length), width - id.length) + id
    : cutRight(text, width);
}

/** At most `width` columns, with an ellipsis where the beginning was cut: for paths, whose end says most. */
export function cutLeft(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  return `…${widest(charactersOf(text).toReversed(), width - 1)
    .toReversed()
    .join('')}`;
}

function charactersOf(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** As many of the characters, from the first, as fit. */
function widest(characters: readonly string[], width: number): string[] {
  let used = 0;
  const end = characters.findIndex((character) => (used += widthOf(character)) > width);
  return characters.slice(0, end === -1 ? characters.length : end);
}

/** `src/orders.ts:12:5`, relative to the program's directory if it is inside; `~` before a site that stands in. */
export function place(site: SiteEntry, directory: string): string {
  return `${site.exact ? '' : '~'}${plain(fileOf(site, directory), 200)}:${site.line}:${site.column}`;
}

/** `orders.ts:12`: a place where there is little room. */
export function shortPlace({ file, line, exact }: SiteEntry): string {
  return `${exact ? '' : '~'}${plain(basename(file), 200)}:${line}`;
}

/** `load #5`; the root task has no number. */
export function taskName({ id, name }: { readonly id: number; readonly name: string }): string {
  return id === 0 ? plain(name) : `${plain(name)} #${id}`;
}

/** `lock stock`, `task load #5`. */
function targetName(target: Target): string {
  if (target.type === 'task') return `${target.kind} ${taskName(target)}`;
  return target.kind === 'client' ? plain(target.name) : `${target.kind} ${plain(target.name)}`;
}

/** What a wait is for: `lock stock`, `queue orders`, `sleep, 2.0 s left`, `retry in 1.2 s`. */
export function waitName({ kind, on, part, leftMs }: WaitEntry, progress: ProgressEntry | null): string {
  if (kind === 'delay') return `retry${inTime(progress?.nextInMs ?? leftMs)}`;
  if (on !== null) return targetName(on);
  if (part !== undefined) return `promise ${part.of}[${part.index}]`;
  if (kind === 'start') return `call${callTime(leftMs)}`;
  return leftMs === null ? kind : `${kind}, ${duration(leftMs)} left`;
}

/** When a call is due that the loop was asked to make: ` in 3.2 s`. */
function callTime(leftMs: number | null): string {
  if (leftMs === null) return ', never due';
  return leftMs === 0 ? ', due now' : inTime(leftMs);
}

/** `called in 3.2 s`: of a task that is a call which was put off; null of any other. */
export function callPhrase({ kind, started, waits: [wait] }: TaskEntry): string | null {
  if (kind !== 'callback' || started || wait === undefined) return null;
  return wait.leftMs === null || wait.leftMs === 0 ? waitName(wait, null) : `called${callTime(wait.leftMs)}`;
}

const doings: Readonly<Record<WaitEntry['kind'], string>> = {
  acquire: '',
  put: ' to put',
  get: ' to get',
  join: ' to be done',
  await: '',
  wait: '',
  start: ' to start it',
  run: ' to run it',
  connect: ' to connect',
  read: ' to read',
  drain: ' to drain',
  next: ' to give the next',
  response: ' to answer',
  sleep: '',
  delay: '',
};

/** The same with what the waiter wants of it: `queue orders to put`. */
export function waitPhrase(wait: WaitEntry, progress: ProgressEntry | null): string {
  const closes = wait.kind === 'join' && (wait.on?.kind === 'stream' || wait.on?.kind === 'iterator');
  const doing = wait.mode === undefined ? doings[wait.kind] : ` to ${wait.mode}`;
  const operation = wait.operation === undefined ? '' : ` ${plain(wait.operation, longestOperation)}`;
  return `waits for ${waitName(wait, progress)}${closes ? ' to close' : doing}${operation}`;
}

const mostMembers = 5;

/** What several things are that are waited for at once, tasks by name: `waits for 2 of 3 in gather: [0] load user #4, [2]`. */
export function jointPhrase(entries: readonly WaitEntry[], { of, count: total, any }: PartEntry): string {
  const left = entries.length;
  const members = entries
    .slice(0, mostMembers)
    .map(({ on, part }) => `[${part?.index}]${on === null ? '' : ` ${taskName(on)}`}`);
  const more = left > mostMembers ? ` and ${left - mostMembers} more` : '';
  const pending = `${any && left > 1 ? 'any of ' : ''}${left}${left < total ? ` of ${total}` : ''}`;
  return `waits for ${pending} in ${of}: ${members.join(', ')}${more}`;
}

/** `asked to cancel 2.0 s ago`, of a task that is pending nevertheless. */
export function cancelPhrase({ cancelRequest }: TaskEntry): string | null {
  if (cancelRequest === undefined) return null;
  const { count: times, forMs } = cancelRequest;
  return `asked to cancel ${times === 1 ? '' : `${times} times, first `}${duration(forMs)} ago`;
}

/** `no response sent yet`, of a request that a server is to answer. */
export function requestPhrase({ request }: TaskEntry): string | null {
  if (request === undefined) return null;
  const sent = request.sent === 'nothing' ? 'no response sent yet' : 'response begun and not ended';
  return request.isGone ? `${sent}, and the client has gone` : sent;
}

/** How far a retry is: `attempt 3 of 6 failed`, the error, `next in 1.2 s`. */
export function progressPhrases({ attempt, limit, lastError, nextInMs }: ProgressEntry): string[] {
  const number = `attempt ${attempt}${limit === null ? '' : ` of ${limit}`}`;
  const error = lastError === null ? '' : plain(lastError, 200);
  if (nextInMs !== null) return [`${number} failed`, error, `next${inTime(nextInMs)}`];
  return lastError === null ? [number] : [number, `last error: ${error}`];
}

export function inTime(milliseconds: number | null): string {
  return milliseconds === null ? '' : ` in ${duration(milliseconds)}`;
}

/** Who is in the way of a wait: holders, or the task that took from the queue last. Empty where nobody is known. */
export function blockers(
  wait: WaitEntry,
  resource: ResourceEntry | undefined,
): readonly { id: number; name: string }[] {
  if (resource === undefined || wait.kind === 'get' || wait.kind === 'run') return [];
  if (resource.holders.length > 0) return resource.holders.map(({ task }) => task);
  return wait.kind !== 'acquire' && resource.lastTaker !== null ? [resource.lastTaker] : [];
}

const holdings = { read: 'held for reading by', write: 'held for writing by', all: 'held by' } as const;

/** `held by ship #3 for 1.2 s`, `taken at a.ts:1:2`; what holds a queue or an executor is the job that it runs. */
export function holderPhrases(
  { task, forMs, at, settled, mode }: HolderEntry,
  { kind }: ResourceEntry,
  directory: string,
): string[] {
  const runs = kind === 'queue' || kind === 'executor';
  const phrases = [`${runs ? 'busy with' : holdings[mode ?? 'all']} ${taskName(task)} for ${duration(forMs)}`];
  if (runs) return phrases;
  if (settled) phrases.push('it has settled and never released');
  if (at !== null) phrases.push(`taken at ${place(at, directory)}`);
  return phrases;
}

/** Where a holder is parked now: `now waits for lock ledger`, `at a.ts:1:2`. Nothing for what is outside of all tasks. */
export function parkedPhrases(task: TaskEntry | undefined, directory: string): string[] {
  if (task === undefined || task.id === 0) return [];
  const wait = task.waits.at(-1);
  if (wait === undefined && task.parked !== null)
    return parkedWait(task.parked, directory).map((text, index) => (index === 0 ? `now ${text}` : text));
  if (wait === undefined) return [task.state === 'running' ? 'now running' : 'now waits for something unseen'];
  const phrase = `now ${waitPhrase(wait, task.progress)}`;
  return wait.at === null ? [phrase] : [phrase, `at ${place(wait.at, directory)}`];
}

/** What a task waits for that is not ours, as read from memory: `waits for timer, 3.1 s left`, `at a.ts:1:2`. */
export function parkedWait({ at, leaf }: ParkedEntry, directory: string): string[] {
  return [`waits for ${leaf === null ? 'another function' : leafText(leaf)}`, `at ${place(at, directory)}`];
}

// What loopscope's own waits are for says more than what sort of thing that is.
const ownKinds = /^(rwlock|semaphore|event|condition|barrier|pool|limiter|executor|iterator) /;

/** `timer, 12.3 s left`, `socket 127.0.0.1:5432`; `promise` where nothing is known. */
export function leafText({ kind, detail }: Pick<Leaf, 'kind' | 'detail'>): string {
  const name = kind === 'other' || kind === 'unknown' ? 'promise' : kind;
  const more = plain(detail, longestDetail);
  if (more === '') return name;
  if (more === name || more.startsWith(`${name} `) || ownKinds.test(more)) return more;
  return more.includes(' ') ? `${name}, ${more}` : `${name} ${more}`;
}

/** Who took from a queue last. */
export function takerText({ lastTaker, statistics: now }: ResourceEntry): string {
  const isElsewhere = now.kind === 'queue' && now.depth === null; // and others may have taken from it
  if (lastTaker === null) return isElsewhere ? 'nobody took from it here' : 'nobody ever took from it';
  return `last taken by ${taskName(lastTaker)}${lastTaker.settled ? ', which has settled' : ''}`;
}

/** Id, name and age of a task, as the tree shows it. */
export function taskTitle(task: TaskEntry): string {
  const kind = task.kind === 'task' ? '' : `${task.kind} `;
  return `${kind}${taskName(task)}`;
}
