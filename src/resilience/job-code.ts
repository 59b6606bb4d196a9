// What another thread or process is to run. A function goes there as its source, and so it can use nothing but its
// arguments, globals and what it imports itself; a function that needs its module is named by file and export.
import { basename, isAbsolute } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { types } from 'node:util';
import { ArgumentError } from '../errors.ts';

/** A function that a module exports. */
export interface ModuleFunction {
  /** `new URL('./work.js', import.meta.url)`, or an absolute path. */
  readonly file: URL | string;
  /** The name of the export. Default `default`. */
  readonly export?: string;
}

/**
 * What an executor runs: a function without closures, or the file of a module whose default export, or another that is
 * named, is called.
 */
export type Work<Args extends readonly unknown[], Value> =
  | ((...args: Args) => Value | PromiseLike<Value>)
  | ModuleFunction
  | URL
  | string;

/** The same as it is sent. */
export type JobCode =
  | { readonly type: 'source'; readonly source: string }
  | { readonly type: 'module'; readonly url: string; readonly export: string };

/** The code, and what the job is called unless it is told. */
export interface NamedCode {
  readonly code: JobCode;
  readonly name: string;
}

const rule = 'it is sent as its source: give a plain function, or a file and the name of its export';
const known = new WeakMap<object, NamedCode>();

/** @throws ArgumentError for what has no source or is no file, saying what to give instead */
export function codeOf(work: Work<never, unknown>): NamedCode {
  if (typeof work === 'function') {
    const code = known.get(work) ?? sourceOf(work);
    known.set(work, code);
    return code;
  }
  if (typeof work === 'string' || work instanceof URL) return moduleOf(work, 'default');
  if (typeof work === 'object' && work !== null && 'file' in work) {
    const { file, export: name = 'default' } = work;
    if (typeof name !== 'string' || name === '') throw new ArgumentError('export must be the name of an export');
    return moduleOf(file, name);
  }
  throw new ArgumentError(`a job must be a function, a file, or { file, export }, got ${typeof work}`);
}

function sourceOf(work: (...args: never) => unknown): NamedCode {
  const source = Function.prototype.toString.call(work);
  const { name } = work;
  const title = typeof name === 'string' && name !== '' ? name : 'job';
  if (/\{\s*\[native code\]\s*\}$/.test(source)) throw new ArgumentError(`${title} is native or bound, and ${rule}`);
  if (/^class\b/.test(source)) throw new ArgumentError(`${title} is a class, and ${rule}`);
  if (types.isGeneratorFunction(work))
    throw new ArgumentError(`${title} is a generator: what it yields cannot be sent`);
  return { code: { type: 'source', source }, name: title };
}

function moduleOf(file: unknown, name: string): NamedCode {
  const url = urlOf(file);
  return {
    code: { type: 'module', url: url.href, export: name },
    name: name === 'default' ? basename(fileURLToPath(url)) : name,
  };
}

function urlOf(file: unknown): URL {
  if (file instanceof URL || (typeof file === 'string' && file.startsWith('file:'))) {
    const url = new URL(file);
    if (url.protocol === 'file:') return url;
  } else if (typeof file === 'string' && isAbsolute(file)) return pathToFileURL(file);
  throw new ArgumentError(
    `a file must be a file: URL or an absolute path, as of new URL('./work.js', import.meta.url), got ${String(file)}`,
  );
}
