// Whether a heap is small enough to be gone through while a program runs.
import { ReadError } from '../read-error.ts';
import type { ReadOptions } from '../options.ts';

export interface InspectorOptions extends ReadOptions {
  /** Reads heaps of any size, whatever that does to the process. Default false. */
  readonly force?: boolean;
}

const megabyte = 1_000_000;

/** @throws ReadError `unsupported` when more than `limitBytes` of heap are in use, unless it is forced. */
export function checkHeapSize(
  { pid, heapUsedBytes }: { readonly pid: number; readonly heapUsedBytes: number },
  { limitBytes, danger }: { readonly limitBytes: number; readonly danger: string },
  { force = false }: InspectorOptions,
): void {
  if (force || heapUsedBytes <= limitBytes) return;
  const size = Math.round(heapUsedBytes / megabyte);
  const limit = Math.round(limitBytes / megabyte);
  throw new ReadError(
    'unsupported',
    `the heap of process ${pid} has ${size} MB, more than ${limit} MB: ${danger}; read it with --via memory, or all the same with --force`,
  );
}
