// asyncio's print of what is pending, for a program that asks about itself.
import { renderText, type TextOptions } from '../reporters/text.ts';
import { writeFully } from '../runtime/write.ts';
import { terminal } from './deliver.ts';
import { takeReport } from './take-report.ts';

/** Prints what is pending in this thread to stderr: tasks, what they wait for, who holds it, and the await tree. */
export function printTasks(options: TextOptions = {}): void {
  writeFully(2, renderText(takeReport('asked'), { ...terminal(), ...options }));
}
