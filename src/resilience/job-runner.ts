// In the worker: runs what was sent as a task of the same name, so that everything which sees tasks sees it there.
import { createRequire, Module } from 'node:module';
import { join } from 'node:path';
import { ArgumentError, CancelledError } from '../errors.ts';
import { startTask, type Task } from '../primitives/tasks/task.ts';
import { extract } from '../runtime/carrier.ts';
import type { JobCode } from './job-code.ts';
import { sendError } from './job-error.ts';
import type { JobMessage, JobReply } from './job-message.ts';

type Callable = (...args: readonly unknown[]) => unknown;

const sourcesKept = 200;
const compiled = new Map<string, Callable>();
const earlyKept = 100;
const running = new Map<string, Task>();
/** Jobs that were cancelled before they began: while their code was loaded, or before they even came. */
const cancelledEarly = new Set<string>();

/** Calls the function. Never rejects: the failure is in the reply. */
export async function runJob({ key, name, code, args, carrier }: JobMessage): Promise<JobReply> {
  try {
    const run = await load(code, name);
    const value = await new Promise((resolve, reject) => {
      // on a stack of its own: else its site would be the line of piscina that called here
      queueMicrotask(() => {
        if (cancelledEarly.delete(key)) {
          reject(new CancelledError(`job ${name} was cancelled before it began`));
          return;
        }
        const task: Task = extract(carrier, () => startTask<unknown>('job', () => run(...args), { name }, null));
        running.set(key, task);
        // not `await task`: that would be an edge from the worker itself, which nobody asked for
        task.observe(resolve, reject);
      });
    });
    return { ok: true, value };
  } catch (error) {
    if (code.type === 'source' && error instanceof ReferenceError) explain(error, name);
    return { ok: false, error: sendError(error), isCancelled: error instanceof CancelledError };
  } finally {
    running.delete(key);
  }
}

/** Cancels a job, now or when it is about to begin. It may run in another thread: all of them are told. */
export function cancelJob(key: string): void {
  const task = running.get(key);
  if (task !== undefined) {
    task.cancel();
    return;
  }
  cancelledEarly.add(key);
  const [oldest] = cancelledEarly;
  if (cancelledEarly.size > earlyKept && oldest !== undefined) cancelledEarly.delete(oldest);
}

async function load(code: JobCode, name: string): Promise<Callable> {
  if (code.type === 'source') return compile(code.source, name);
  const module = (await import(code.url)) as Readonly<Record<string, unknown>>;
  const run = module[code.export];
  if (typeof run === 'function') return run as Callable;
  throw new ArgumentError(`${code.url} exports no function called ${code.export}`);
}

function compile(source: string, name: string): Callable {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  let run: unknown;
  try {
    run = evaluate(`(${source})`, name);
  } catch {
    // written as a method: `name() { … }`
    run = Object.values(evaluate(`({ ${source} })`, name) as object)[0];
  }
  if (compiled.size >= sourcesKept) compiled.clear();
  compiled.set(source, run as Callable);
  return run as Callable;
}

/** As a CommonJS module in the working directory would: there are `require` and `import()`, which find what is found there. */
function evaluate(source: string, name: string): unknown {
  const file = join(process.cwd(), `[job ${name.replaceAll(/[/\\]/g, ' ')}]`);
  const module = new Module(file) as InstanceType<typeof Module> & { _compile(text: string, file: string): void };
  module.paths = createRequire(file).resolve.paths('any') ?? [];
  module._compile(`module.exports = ${source}`, file);
  return module.exports;
}

/** A name that is not known there is what a closure looks like. */
function explain(error: ReferenceError, name: string): void {
  try {
    error.message += ` (${name} was sent as its source: it knows its arguments and globals, and nothing else around it)`;
  } catch {
    // frozen: the error says less, and is the same
  }
}
