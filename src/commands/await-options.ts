// The options of `loopscope ps` and `loopscope tree`: what is read, how, and what of it is shown.
import { existsSync, statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parseDuration, parseFormat, type Format } from '../config.ts';
import { UsageError } from '../errors.ts';
import type { AwaitFilter } from '../report/await-filter.ts';
import { checkWritable } from './output.ts';

const ways = ['auto', 'memory', 'inspector', 'snapshot'] as const;

/** How a process is to be read; `auto` takes what cannot disturb it. */
export type ViaOption = (typeof ways)[number];

/** What is read: processes, or a core dump. */
export type Subject =
  | { readonly type: 'list' }
  | { readonly type: 'pids'; readonly pids: readonly number[] }
  | { readonly type: 'all' }
  | { readonly type: 'core'; readonly core: string; readonly exe: string };

export interface AwaitOptions {
  readonly subject: Subject;
  readonly via: ViaOption;
  readonly stop: boolean;
  readonly settlers: boolean;
  readonly force: boolean;
  readonly format: Format;
  /** The file that is appended to; null for stdout. */
  readonly output: string | null;
  readonly filter: AwaitFilter;
  /** Time between two looks; null to look once. */
  readonly watchMs: number | null;
  readonly direction: 'down' | 'up';
  readonly focus: string | null;
  readonly depth: number | null;
}

const common = {
  via: { type: 'string' },
  stop: { type: 'boolean' },
  'no-settlers': { type: 'boolean' },
  force: { type: 'boolean' },
  json: { type: 'boolean' },
  format: { type: 'string' },
  output: { type: 'string' },
  function: { type: 'string' },
  file: { type: 'string' },
  'waits-for': { type: 'string' },
  'all-frames': { type: 'boolean' },
  watch: { type: 'string' },
  all: { type: 'boolean' },
  core: { type: 'string' },
  exe: { type: 'string' },
} as const;

const ofTree = {
  up: { type: 'boolean' },
  down: { type: 'boolean' },
  focus: { type: 'string' },
  depth: { type: 'string' },
} as const;

const all = { ...common, ...ofTree };

type Values = { [Name in keyof typeof all]?: (typeof all)[Name]['type'] extends 'string' ? string : boolean };

/** @throws UsageError where the words make no sense */
export function parseAwaitOptions(command: 'ps' | 'tree', words: readonly string[]): AwaitOptions {
  const { values, positionals } = parse(command, words);
  const { via = 'auto', stop = false, format, output, watch, depth, up = false, down = false, focus } = values;
  const subject = readSubject(command, values, positionals);
  if (!isWay(via)) throw new UsageError(`--via must be one of ${ways.join(', ')}, not ${JSON.stringify(via)}`);
  if (values.json === true && format === 'text') throw new UsageError('--json and --format text exclude each other');
  if (up && down) throw new UsageError('--up and --down exclude each other');
  if (stop && via !== 'auto' && via !== 'memory') throw new UsageError('--stop is for --via memory');
  if (values.force === true && via !== 'inspector' && via !== 'snapshot') {
    throw new UsageError('--force is for --via inspector and --via snapshot');
  }
  if (subject.type === 'core' && (stop || via !== 'auto')) {
    throw new UsageError('--core is read from the file: without --stop and --via');
  }
  if (watch !== undefined && (subject.type !== 'pids' || subject.pids.length > 1)) {
    throw new UsageError(`--watch looks at one process: loopscope ${command} --watch PID`);
  }
  if (output !== undefined) checkWritable(output);
  return {
    subject,
    via,
    stop,
    settlers: values['no-settlers'] !== true,
    force: values.force === true,
    format: values.json === true ? 'json' : parseFormat(format ?? 'text', '--format'),
    output: output ?? null,
    filter: {
      ...(values.function === undefined ? {} : { function: values.function }),
      ...(values.file === undefined ? {} : { file: values.file }),
      ...(values['waits-for'] === undefined ? {} : { leaf: values['waits-for'] }),
      ...(values['all-frames'] === true ? { allFrames: true } : {}),
    },
    watchMs: watch === undefined ? null : parseDuration(watch, '--watch'),
    direction: up ? 'up' : 'down',
    focus: focus ?? null,
    depth: depth === undefined ? null : parseDepth(depth),
  };
}

function parse(command: 'ps' | 'tree', words: readonly string[]): { values: Values; positionals: string[] } {
  const options = command === 'tree' ? all : common;
  try {
    return parseArgs({ args: withValues(words), options, strict: true, allowPositionals: true });
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error);
    const name = /^Unknown option '--([\w-]+)/.exec(message)?.[1];
    if (name !== undefined && Object.hasOwn(all, name)) {
      throw new UsageError(`--${name} is an option of loopscope tree, not of loopscope ${command}`);
    }
    throw new UsageError(`${message}; loopscope ${command} --help lists the options`);
  }
}

/** `--watch` has a value only if one follows that is a time and no pid; a value may begin with a dash. */
function withValues(words: readonly string[]): string[] {
  const result: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as string;
    const next = words[index + 1];
    const isTime = next !== undefined && /^\d+(\.\d+)?(ms|s|m|h)$/.test(next);
    if (word === '--watch' && !isTime) result.push('--watch=2s');
    else if (next !== undefined && (word === '--watch' || (word === '--depth' && /^-\d/.test(next)))) {
      result.push(`${word}=${next}`);
      index++;
    } else result.push(word);
  }
  return result;
}

function readSubject(command: 'ps' | 'tree', values: Values, words: readonly string[]): Subject {
  const { all: every, core, exe } = values;
  const given = [every === true, core !== undefined, words.length > 0].filter(Boolean).length;
  if (given > 1) throw new UsageError('a pid, --all and --core exclude each other');
  if (core !== undefined || exe !== undefined) {
    if (core === undefined)
      throw new UsageError('--exe goes with --core: the executable of the process that was dumped');
    if (exe === undefined) {
      throw new UsageError('--core needs --exe: the executable of Node that the process ran, as --exe "$(which node)"');
    }
    checkFile('--core', core);
    checkFile('--exe', exe);
    return { type: 'core', core, exe };
  }
  if (every === true) return { type: 'all' };
  if (words.length > 0) return { type: 'pids', pids: [...new Set(words.map(parsePid))] };
  if (command === 'tree')
    throw new UsageError('tree needs a pid: loopscope tree PID; loopscope ps lists the processes');
  const idle = Object.keys(values).find((name) => !['json', 'format', 'output'].includes(name));
  if (idle !== undefined) throw new UsageError(`--${idle} needs a pid: loopscope ps --${idle} PID, or --all`);
  return { type: 'list' };
}

function parsePid(text: string): number {
  const pid = Number(text);
  if (/^\d+$/.test(text) && pid > 0 && pid < 2 ** 31) return pid;
  throw new UsageError(`a pid is a number such as 4242, not ${JSON.stringify(text)}; loopscope ps lists the processes`);
}

function parseDepth(text: string): number {
  const depth = Number(text);
  if (/^\d+$/.test(text) && depth >= 1 && depth <= 1000) return depth;
  throw new UsageError(`--depth must be a whole number from 1 to 1000, not ${JSON.stringify(text)}`);
}

function checkFile(option: string, file: string): void {
  if (!existsSync(file)) throw new UsageError(`${option}: there is no file ${file}`);
  if (!statSync(file).isFile()) throw new UsageError(`${option}: ${file} is not a file`);
}

function isWay(text: string): text is ViaOption {
  return (ways as readonly string[]).includes(text);
}
