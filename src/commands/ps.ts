// `loopscope ps`: what a process awaits, as a table; without a pid, which Node processes there are.
import { ReadError } from '../heap/read-error.ts';
import type { ListedProcess } from '../report/processes.ts';
import { awaitJson } from '../reporters/await-json.ts';
import { awaitTable } from '../reporters/await-table.ts';
import { processTable } from '../reporters/process-table.ts';
import { commandLine } from './again.ts';
import { parseAwaitOptions, type AwaitOptions } from './await-options.ts';
import { fail } from './fail.ts';
import { look } from './look.ts';
import { drawingOf, writeOutput } from './output.ts';

export async function ps(words: readonly string[]): Promise<void> {
  const options = parseAwaitOptions('ps', words);
  if (options.subject.type === 'list') return listProcesses(options);
  const { filter, format } = options;
  await look('ps', options, (report, drawing, watch) =>
    format === 'json'
      ? awaitJson(report, { filter, ...(watch === null ? {} : { watch }) })
      : awaitTable(report, { ...drawing, filter, ...(watch === null ? {} : { watch }) }),
  );
}

async function listProcesses({ format, output }: AwaitOptions): Promise<void> {
  const { listNodeProcesses } = await import('../heap/process/list.ts');
  let processes: ListedProcess[];
  try {
    processes = await listNodeProcesses({ commandFor: (pid) => commandLine('ps', pid) });
    if (processes.length === 0) throw new ReadError('gone', 'no Node process is there to be seen');
  } catch (error) {
    return fail(error);
  }
  if (format === 'json') {
    await writeOutput(processes.map((process) => `${JSON.stringify(process)}\n`).join(''), output);
    return;
  }
  const refused = processes.find(({ refusal }) => refusal !== null)?.refusal;
  const advice = refused == null ? '' : `\n${refused.sentence}\n`;
  await writeOutput(`${processTable(processes, drawingOf(output))}${advice}`, output);
}
