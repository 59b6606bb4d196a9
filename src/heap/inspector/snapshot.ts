// Reads what a process awaits, and who could settle it, from a heap snapshot: dangerous for large heaps.
import type { AwaitReport } from '../../report/awaits.ts';
import { ReadError } from '../read-error.ts';
import type { InspectorOptions } from './heap-limit.ts';

/** @throws ReadError */
export async function readSnapshot(pid: number, options: InspectorOptions = {}): Promise<AwaitReport> {
  throw new ReadError('unsupported', `process ${pid} cannot be read by a heap snapshot: ${String(options.force)}`);
}
