// How the reporters say what is awaited: functions, leaves, who settles them, combinators, and how all that was read.
import type { LeafSummary } from '../report/await-detail.ts';
import type { CombinatorSummary, Span } from '../report/await-waits.ts';
import type { AwaitReport, Reading, SuspendedFunction, TaskReference, Way } from '../report/awaits.ts';
import { duration, plain, taskName } from './wording.ts';

const thousands = new Intl.NumberFormat('en-US');

/** `3,000`. */
export function amount(number: number): string {
  return thousands.format(number);
}

/** `3,000 functions`. */
export function amountOf(number: number, noun: string, nouns = `${noun}s`): string {
  return `${amount(number)} ${number === 1 ? noun : nouns}`;
}

/** The name of a function; what has none says what it is. */
export function functionName({ name, kind }: Pick<SuspendedFunction, 'name' | 'kind'>): string {
  if (name !== '') return plain(name);
  return kind === 'module' ? '(module)' : '(anonymous)';
}

/** Who could settle a leaf, as steps from the root to the resolver. */
export function settlerSteps({ settledBy, verdict }: Pick<LeafSummary, 'settledBy' | 'verdict'>): string[] {
  if (verdict === 'none') return ['nobody: no resolver is reachable'];
  return verdict === 'unknown' && settledBy.length === 0 ? ['settler not found'] : settledBy.map((step) => plain(step));
}

/** `Promise.all, 2 of 3 pending`. */
export function combinatorText({ method, pending, total }: CombinatorSummary): string {
  return `Promise.${method}, ${spanText(pending)}${total === null ? '' : ` of ${spanText(total)}`} pending`;
}

function spanText({ least, most }: Span): string {
  return least === most ? amount(least) : `${amount(least)}–${amount(most)}`;
}

/** `[0]`, `[0–9]`, `[0, 2]`: places among the inputs of a combinator, in order. */
export function placesText(places: readonly number[]): string {
  const [first, last] = [places[0], places.at(-1)];
  if (first === undefined || last === undefined) return '';
  if (first === last) return `[${first}]`;
  if (last - first === places.length - 1) return `[${first}–${last}]`;
  return places.length <= 3 ? `[${places.join(', ')}]` : `[${first}…${last}]`;
}

/** `task load #5, 2.1 s`, or for several the oldest and how many. */
export function tasksText([oldest]: readonly TaskReference[], number: number): string {
  if (oldest === undefined) return '';
  const text = `task ${taskName(oldest)}, ${duration(oldest.ageMs)}`;
  return number > 1 ? `${text}, and ${amount(number - 1)} more` : text;
}

/** Names of threads, but for a program that has one; empty where it is the main thread alone. */
export function threadsText(names: readonly string[]): string {
  if (names.length === 0 || (names.length === 1 && names[0] === 'main')) return '';
  return `in ${names.length <= 2 ? names.map((name) => plain(name)).join(' and ') : `${names.length} threads`}`;
}

const ways: Readonly<Record<Way, string>> = {
  memory: 'from memory',
  core: 'from a core dump',
  'in-process': 'from its own memory',
  probe: 'through the inspector',
  snapshot: 'from a heap snapshot',
};

/** How it was read, one phrase for each fact. */
export function readingPhrases({ via, tookMs, stoppedMs, bytes, attempts, changed }: Reading): string[] {
  const still =
    via === 'core'
      ? ''
      : stoppedMs > 0
        ? `, the process stood still for ${duration(stoppedMs)}`
        : ', the process ran on';
  const size = bytes === null ? '' : ` (${amount(Math.ceil(bytes / 1_000_000))} MB)`;
  const phrases = [`read ${ways[via]}${size} in ${duration(tookMs)}${still}`];
  if (attempts > 1) phrases.push(`read ${attempts} times until two looks agreed`);
  if (changed > 0) {
    phrases.push(
      `${amountOf(changed, 'function')} ${changed === 1 ? 'is left out: what it awaits' : 'are left out: what they await'} has settled, or was lost`,
    );
  }
  return phrases;
}

/** The names of the threads of functions. */
export function threadNames(functions: readonly SuspendedFunction[], { threads }: AwaitReport): string[] {
  const ids = [...new Set(functions.map(({ thread }) => thread))].toSorted((a, b) => a - b);
  return ids.map((id) => threads[id]?.name ?? `thread ${id}`);
}
