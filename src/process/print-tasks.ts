// asyncio's print of what is pending, for a program that asks about itself.
import type { TextOptions } from '../reporters/text.ts';
import { load } from '../runtime/load.ts';
import { takeReport } from './take-report.ts';

/** Prints what is pending in this thread to stderr: tasks, what they wait for, who holds it, and the await tree. */
export function printTasks(options: TextOptions = {}): void {
  const { writeReport } = load(import.meta.url, './deliver') as typeof import('./deliver.ts');
  const { addOwnWarnings } = load(import.meta.url, './add-warnings') as typeof import('./add-warnings.ts');
  writeReport(addOwnWarnings(takeReport('asked')), { format: 'text', output: null }, options);
}
