// Runs a command of an example as its first comment has it, and says which of its promises does not come true.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { startCollector } from './collector.ts';
import type { Promised } from './promises.ts';

const root = new URL('../..', import.meta.url);
const usualCollector = 'http://localhost:4318';
const limitMs = 60_000;

/** @returns the texts that were promised and do not occur, with what was seen instead; null if all do */
export async function attempt({ command, verb, texts }: Promised): Promise<string | null> {
  const collector = verb === 'sends' ? await startCollector() : null;
  try {
    const { stdout, stderr } = await run(command, collector?.url ?? '');
    const seen = { prints: stdout, reports: stderr, sends: collector?.names.join('\n') ?? '' }[verb];
    const line = seen.replaceAll(/[\s│├└─┄]+/g, ' ');
    const missing = texts.filter((each) => !occurs(each, line));
    if (missing.length === 0) return null;
    return `${command} ${verb} no ${missing.map((each) => `\`${each}\``).join(', ')}, but:\n${seen}${verb === 'reports' ? '' : stderr}`;
  } finally {
    collector?.close();
  }
}

function occurs(promised: string, seen: string): boolean {
  const pattern = promised.split('…').map((part) => part.trim().replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`));
  return new RegExp(pattern.join('.*?')).test(seen);
}

/** `node` is this Node, and `npx loopscope` what was built here. */
async function run(command: string, collector: string): Promise<{ stdout: string; stderr: string }> {
  const [variables, ...words] = /^((?:\w+=\S+ )*)(.*)$/.exec(command)?.slice(1) ?? [];
  const [program = '', ...rest] = words.join(' ').split(' ');
  const args = program === 'npx' ? ['dist/src/cli.js', ...rest.slice(1)] : rest;
  const child = spawn(
    process.execPath,
    args.map((word) => (word === usualCollector ? collector : word)),
    {
      cwd: fileURLToPath(root),
      env: {
        ...process.env,
        NO_COLOR: '1',
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        ...Object.fromEntries(
          (variables ?? '')
            .trim()
            .split(' ')
            .filter(Boolean)
            .map((pair) => pair.split('=')),
        ),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  clearTimeout(timer);
  return { stdout, stderr };
}
