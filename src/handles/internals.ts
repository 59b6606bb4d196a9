// What only the inspector can see of this thread, in a session of our own that lasts for one question. Nothing is paused, and
// no debugger is enabled, which would make the program slower for ever.
import type { Runtime, Session } from 'node:inspector';
import type { Site } from '../channels/site.ts';
import { findFile } from './common-js.ts';
import { loadNode } from '../runtime/load.ts';
import { setTimeout } from '../runtime/real-timers.ts';
import { isTestParent } from '../runtime/test-parent.ts';

interface Slot {
  readonly setTimeout: unknown;
  readonly functions: readonly unknown[];
  found?: unknown;
}

type AnyFunction = (...parameters: never) => unknown;

const mostFiles = 10_000;
const files = new Map<string, string | null>();
const key = Symbol.for('loopscope.internals');

/** Where the inspector cannot be asked, why; null where it can. */
export function whyNoInspector(): string | null {
  const { permission } = process as { readonly permission?: NodeJS.ProcessPermission };
  if (!process.features.inspector) return 'this build of Node has no inspector';
  if (permission !== undefined && !permission.has('inspector')) return '--permission without --allow-inspector';
  return isTestParent() ? 'node --test has none where it starts a process for each file' : null;
}

/** Asks the inspector. Throws where there is none. */
function ask<Answer>(functions: readonly unknown[], question: (post: Post, slot: Slot) => Answer): Answer {
  const { Session: OwnSession } = loadNode('node:inspector') as typeof import('node:inspector');
  const session = new OwnSession();
  const slot: Slot = { setTimeout, functions };
  session.connect();
  try {
    Object.defineProperty(globalThis, key, { value: slot, configurable: true });
    return question(poster(session), slot);
  } finally {
    delete (globalThis as Record<symbol, unknown>)[key];
    session.disconnect();
  }
}

type Post = (method: string, parameters?: object) => unknown;

/** A session with its own thread answers at once. */
function poster(session: Session): Post {
  return (method, parameters) => {
    let answer: unknown = {};
    session.post(method, parameters, (error: Error | null, given?: unknown) => {
      if (error !== null) throw error;
      answer = given;
    });
    return answer;
  };
}

function evaluate(post: Post, expression: string): string {
  const { result } = post('Runtime.evaluate', {
    expression: `globalThis[Symbol.for('loopscope.internals')].${expression}`,
  }) as { result: Runtime.RemoteObject };
  if (result.objectId === undefined) throw new Error(`the inspector does not find ${expression}`);
  return result.objectId;
}

function properties(post: Post, objectId: string): Runtime.GetPropertiesReturnType {
  return post('Runtime.getProperties', { objectId, ownProperties: true }) as Runtime.GetPropertiesReturnType;
}

function internal(post: Post, objectId: string, name: string): Runtime.RemoteObject | undefined {
  return properties(post, objectId).internalProperties?.find((property) => property.name === name)?.value;
}

/** Variables that Node's `setTimeout` refers to, by their names. Throws where they have others. */
export function variablesOfTimers<Name extends string>(names: readonly Name[]): Record<Name, unknown> {
  return ask([], (post, slot) => {
    const scopes = internal(post, evaluate(post, 'setTimeout'), '[[Scopes]]')?.objectId;
    const scope = scopes === undefined ? undefined : properties(post, scopes).result[0]?.value?.objectId;
    if (scope === undefined) throw new Error('the inspector does not show what setTimeout refers to');
    const variables = properties(post, scope).result;
    const values = names.map((name): [Name, unknown] => {
      const objectId = variables.find((variable) => variable.name === name)?.value?.objectId;
      if (objectId === undefined) throw new Error(`this version of Node has no ${name}`);
      post('Runtime.callFunctionOn', {
        objectId,
        functionDeclaration: `function () { globalThis[Symbol.for('loopscope.internals')].found = this; }`,
      });
      return [name, slot.found];
    });
    return Object.fromEntries(values) as Record<Name, unknown>;
  });
}

/** Where functions begin. What has no source, as native and bound functions, is left out. */
export function locateFunctions(functions: readonly AnyFunction[]): Map<AnyFunction, Site> {
  const sites = new Map<AnyFunction, Site>();
  if (functions.length === 0) return sites;
  return ask(functions, (post) => {
    for (const [index, each] of functions.entries()) {
      const location = locate(post, evaluate(post, `functions[${index}]`));
      if (location === undefined) continue;
      const { scriptId, lineNumber, columnNumber } = location;
      const file = fileOf(String(scriptId), post) ?? findFile(each, lineNumber as number, columnNumber as number);
      if (file === null) continue;
      sites.set(each, {
        file,
        line: (lineNumber as number) + 1,
        column: (columnNumber as number) + 1,
        function: each.name.replace(/^(?:bound )+/, ''),
        exact: true,
      });
    }
    return sites;
  });
}

/** Of a bound function, where that is which was bound. */
function locate(post: Post, objectId: string): Record<string, number> | undefined {
  const known = properties(post, objectId).internalProperties ?? [];
  const value = (name: string): Runtime.RemoteObject | undefined => known.find((each) => each.name === name)?.value;
  const target = value('[[TargetFunction]]')?.objectId;
  return target === undefined ? value('[[FunctionLocation]]')?.value : locate(post, target);
}

/**
 * The file of a script; null where it has none. The one thing that tells it without a debugger is coverage, as far as it is
 * known anyway, for which the engine walks its heap: once for all scripts that there are.
 */
function fileOf(scriptId: string, post: Post): string | null {
  const known = files.get(scriptId);
  if (known !== undefined) return known;
  post('Profiler.enable');
  const { result } = post('Profiler.getBestEffortCoverage') as {
    result: readonly { readonly scriptId: string; readonly url: string }[];
  };
  post('Profiler.disable');
  if (files.size > mostFiles) files.clear();
  for (const { scriptId: id, url } of result) files.set(id, url === '' ? null : url);
  if (!files.has(scriptId)) files.set(scriptId, null);
  return files.get(scriptId) ?? null;
}
