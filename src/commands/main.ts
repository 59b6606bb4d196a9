// argv → command → exit code.
import { readFileSync } from 'node:fs';
import { UsageError } from '../errors.ts';
import { helpText, helpTexts } from './help.ts';

// Each is loaded when it is called: `run` starts no slower for what the others need.
const commands: Readonly<Record<string, (words: readonly string[]) => Promise<void>>> = {
  run: async (words) => (await import('./run.ts')).run(words),
  doctor: async (words) => (await import('./doctor.ts')).doctor(words),
  why: async (words) => (await import('./why.ts')).why(words),
  ps: async (words) => (await import('./ps.ts')).ps(words),
  tree: async (words) => (await import('./tree.ts')).tree(words),
  explain: async (words) => (await import('./explain.ts')).explain(words),
  report: async (words) => (await import('./report.ts')).report(words),
  compare: async (words) => (await import('./compare.ts')).compare(words),
  export: async (words) => (await import('./export.ts')).exportFiles(words),
};

/** Runs the command that the words name. Sets the exit code; a mistake of the caller's is one line on stderr. */
export async function main(words: readonly string[]): Promise<void> {
  const [name, ...rest] = words;
  try {
    if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
      process.stdout.write(helpText);
      if (name === undefined) process.exitCode = 2;
      return;
    }
    if (name === '--version' || name === '-v') {
      process.stdout.write(`${version()}\n`);
      return;
    }
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined) {
      throw new UsageError(`there is no command ${JSON.stringify(name)}; loopscope --help lists them`);
    }
    // What follows the first word of these may be the program's own.
    const asked = name === 'run' || name === 'why' || name === 'doctor' ? rest.slice(0, 1) : rest;
    if (asked.includes('--help') || asked.includes('-h')) process.stdout.write(helpTexts[name] ?? helpText);
    else await command(rest);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`loopscope: ${error.message}\n`);
    process.exitCode = error.exitCode;
  }
}

function version(): string {
  const { version: text } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return text;
}
