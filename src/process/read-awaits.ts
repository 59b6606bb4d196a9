// What the suspended functions of this very process await, read by a child out of this process's memory.
import { closeSync, openSync } from 'node:fs';
import type { AwaitReport } from '../report/awaits.ts';
import { complain } from '../runtime/complain.ts';
import { loadNode, pathBeside } from '../runtime/load.ts';

const patienceMs = 20_000;
const longestAnswer = 64 * 1024 * 1024;

/**
 * Reads this process, which stands still for it, half a second as a rule. Null where that cannot be done: on other systems
 * than Linux, and on failure, of which one line tells what is missing. Steps to settlers have whole places: shorten them.
 */
export function readOwnAwaits(): AwaitReport | null {
  if (process.platform !== 'linux') return null;
  try {
    const memory = openSync('/proc/self/mem', 'r');
    try {
      const child = pathBeside(import.meta.url, './await-child');
      const { spawnSync } = loadNode('node:child_process') as typeof import('node:child_process');
      const { status, stdout, error } = spawnSync(process.execPath, [child], {
        stdio: ['ignore', 'pipe', 'ignore', memory],
        env: {},
        timeout: patienceMs,
        killSignal: 'SIGKILL',
        maxBuffer: longestAnswer,
      });
      if (error !== undefined) throw error;
      if (status !== 0) throw new Error(`the child that reads them ended with code ${status}`);
      return JSON.parse(stdout.toString()) as AwaitReport;
    } finally {
      closeSync(memory);
    }
  } catch (error) {
    complain('the report is without await lines', error);
    return null;
  }
}
