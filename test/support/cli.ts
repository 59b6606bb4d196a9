// Runs the built command line, as a user does, and gives back all that can be seen of it.
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What a run left behind. */
export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Run {
  readonly child: ChildProcess;
  /** Whether it has a process group of its own. */
  readonly group: boolean;
  readonly outcome: Promise<Outcome>;
  /** Resolves when the program has printed this on stdout or stderr. */
  printed(text: string): Promise<void>;
}

export interface RunSetting {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** In a process group of its own, so that a test can signal all of it as a terminal does. */
  readonly group?: boolean;
  readonly cwd?: string;
  /** As another user, which only root may. */
  readonly user?: number;
  /** When it is killed. Default 60 s. */
  readonly limitMs?: number;
}

/** A program of `test/programs`. */
export function program(name: string): string {
  return `${root}test/programs/${name}`;
}

export const register: string = new URL('../../dist/src/register.js', import.meta.url).href;

/** Starts `loopscope` with these words. It is killed after a time. */
export function startLoopscope(words: readonly string[], setting: RunSetting = {}): Run {
  return startNode([`${root}dist/src/cli.js`, ...words], setting);
}

/** Starts this Node with these words. */
export function startNode(
  words: readonly string[],
  { input = '', env = {}, group = false, cwd = root, user, limitMs = 60_000 }: RunSetting = {},
): Run {
  const { NODE_OPTIONS: _options, ...inherited } = process.env;
  const child = spawn(process.execPath, words, {
    cwd,
    detached: group,
    env: { ...inherited, NO_COLOR: '1', ...env },
    ...(user === undefined ? {} : { uid: user, gid: user }),
  });
  const texts = { stdout: '', stderr: '' };
  const checks = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
      for (const check of checks) check();
    });
  }
  child.stdin.on('error', () => {}).end(input);
  const killer = setTimeout(() => kill({ child, group }), limitMs);
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(killer);
      resolve({ ...texts, code, signal });
    });
  });
  const printed = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        if (!texts.stdout.includes(text) && !texts.stderr.includes(text)) return;
        checks.delete(check);
        resolve();
      };
      checks.add(check);
      check();
      void outcome.then(() =>
        reject(
          new Error(`the program ended without printing ${JSON.stringify(text)}:\n${texts.stdout}\n${texts.stderr}`),
        ),
      );
    });
  return { child, group, outcome, printed };
}

/** Ends it at once, with all that it has started if it has a group of its own. */
export function kill({ child, group }: Pick<Run, 'child' | 'group'>): void {
  try {
    if (group && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // all of them have ended
  }
  child.kill('SIGKILL');
}

/** Runs `loopscope` with these words to the end. */
export function loopscope(words: readonly string[], setting: RunSetting = {}): Promise<Outcome> {
  return startLoopscope(words, setting).outcome;
}
