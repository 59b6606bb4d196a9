// `loopscope ps`: what a process awaits, as a table; without a pid, which Node processes there are.
import { awaitJson } from '../reporters/await-json.ts';
import { awaitTable } from '../reporters/await-table.ts';
import { processTable } from '../reporters/process-table.ts';
import { complain } from '../runtime/complain.ts';
import { commandLine } from './again.ts';
import { parseAwaitOptions, type AwaitOptions } from './await-options.ts';
import { exitCodes } from './exit-codes.ts';
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
  const processes = await listNodeProcesses({ commandFor: (pid) => commandLine('ps', pid) });
  if (format === 'json') {
    await writeOutput(processes.map((process) => `${JSON.stringify(process)}\n`).join(''), output);
    return;
  }
  if (processes.length === 0) {
    complain('no Node process is there to be seen');
    process.exitCode = exitCodes.gone;
    return;
  }
  await writeOutput(processTable(processes, drawingOf(output)), output);
  const refused = processes.find(({ refusal }) => refusal !== null)?.refusal;
  if (refused != null && output === null) await writeOutput(`\n${refused.sentence}\n`, null);
}
