// What is open, as lines of text: what keeps the process alive, equal ones as one, and how much else there is.
import type { Report } from '../report/format.ts';
import { groupHandles, libraryOf, type HandleGroup } from '../report/handle-groups.ts';
import type { HandleEntry, HandleKind, HandleReport } from '../report/handles.ts';
import { handleAdvice } from './handle-advice.ts';
import { foldWords, wrap, type Paint } from './lines.ts';
import { count, duration, place, plain, taskName } from './wording.ts';

const longestDetail = 100;
const names: Readonly<Partial<Record<HandleKind, string>>> = {
  incoming: 'connection',
  outgoing: 'connection',
  timeout: 'timer of',
  udp: 'UDP socket',
  child: 'child process',
  worker: 'worker',
  port: 'message port',
  stdio: '',
  dns: 'DNS request',
  zlib: 'compression',
  crypto: 'cryptography',
  file: 'open file',
  immediate: 'setImmediate',
  other: '',
};

/**
 * Empty where nobody looked.
 * @param most how many groups are shown
 * @param withAdvice whether a second line says what can be done about each
 */
export function drawHandles(
  { handles, reason, process: { directory, threadId } }: Report,
  width: number,
  paint: Paint,
  { most, withAdvice }: { readonly most: number; readonly withAdvice: boolean },
): string[] {
  if (handles === undefined || (reason === 'exit' && handles.entries.length === 0)) return [];
  const groups = groupHandles(handles);
  const lines = groups.slice(0, most).flatMap((group) => {
    const advice = withAdvice ? handleAdvice(group) : null;
    const own = wrap(phrasesOf(group, directory), width, '', '    ');
    return advice === null
      ? own
      : own.concat(foldWords(`  → ${advice}`, width, '    ').map((line) => paint('dim', line)));
  });
  if (groups.length > most) lines.push(`… ${count(groups.length - most, 'more sort')}; --format json has all`);
  const who = threadId === 0 ? 'the process' : 'the thread';
  if (groups.length === 0 && handles.unseen.length === 0) lines.push(`nothing keeps ${who} alive`);
  return [...lines, ...drawRest(handles, groups, width)];
}

/** How many different things keep the process alive, and how many that are in all: `12 handles of 3 sorts`. */
export function handleCount(handles: HandleReport): number {
  return groupHandles(handles).reduce((sum, { count: number }) => sum + number, 0);
}

function phrasesOf(group: HandleGroup, directory: string): string[] {
  const { kind, detail, at, through, callback, ageMs, leftMs, task } = group;
  const name = `${names[kind] ?? kind} ${plain(detail, longestDetail)}`.trim();
  const phrases = [group.count === 1 ? name : `${group.count.toLocaleString('en')} × ${name}`];
  if (kind === 'timeout' && leftMs !== null) phrases.push(`${group.count === 1 ? '' : 'next '}in ${duration(leftMs)}`);
  if (callback !== null) {
    const called = callback.function === '' ? 'a function' : plain(callback.function);
    if (at === null) phrases.push(`calls ${called} at ${place(callback, directory)}`);
    else if (callback.function !== '') phrases.push(`calls ${called}`);
  }
  if (ageMs !== null && kind !== 'timeout') phrases.push(`${group.count === 1 ? '' : 'oldest '}${duration(ageMs)}`);
  if (at !== null)
    phrases.push(`${kind === 'incoming' ? 'accepted by the server of' : 'made at'} ${place(at, directory)}`);
  const library = through === null ? null : (libraryOf(through) ?? place(through, directory));
  if (library !== null) phrases.push(`by ${library}`);
  if (task !== null) phrases.push(`in ${taskName(task)}`);
  return phrases;
}

/** What is open besides, and what was not seen. */
function drawRest(handles: HandleReport, groups: readonly HandleGroup[], width: number): string[] {
  const { entries, exact, dropped, unseen } = handles;
  const rest = new Map<string, number>();
  for (const entry of entries) {
    if (entry.keepsAlive || entry.kind === 'pipe') continue;
    const word = restName(entry);
    rest.set(word, (rest.get(word) ?? 0) + 1);
  }
  const lines: string[] = [];
  if (rest.size > 0) {
    const list = [...rest].map(([word, number]) => count(number, word)).join(', ');
    lines.push(...foldWords(`besides, and not in the way: ${list}`, width, '  '));
  }
  if (dropped > 0) lines.push(`not shown: ${count(dropped, 'timer')} beyond the limits of a report`);
  for (const each of unseen) lines.push(...foldWords(`not seen: ${plain(each, 200)}`, width, '  '));
  const unknown = groups.some(({ at, through, callback, kind }) => {
    return at === null && through === null && callback === null && kind !== 'stdio' && kind !== 'ipc';
  });
  if (unknown && !exact)
    lines.push(...foldWords('--handles also notes where those without a place are made', width, '  '));
  return lines;
}

const restNames: Readonly<Partial<Record<HandleKind, string>>> = {
  incoming: 'connection',
  outgoing: 'connection',
  timeout: 'timer',
  interval: 'timer',
  file: 'open file',
  udp: 'UDP socket',
  child: 'child process',
  stdio: 'standard stream',
};

function restName({ kind }: HandleEntry): string {
  return restNames[kind] ?? kind;
}
