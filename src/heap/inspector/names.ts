// What functions and objects of a heap snapshot are called, and where functions begin.
import { basename } from 'node:path';
import { isArrowAt } from './function-kind.ts';
import type { HeapGraph } from './heap-graph.ts';

export interface FunctionName {
  /** With its class where it is a method; empty for an anonymous function. */
  readonly name: string;
  readonly file: string;
  /** From 1; 0 where not known. */
  readonly line: number;
  readonly column: number;
}

/** The function of a closure. */
export function closureName(graph: HeapGraph, closure: number): FunctionName {
  const shared = graph.at(closure, 'shared');
  const script = graph.at(shared, 'script');
  const location = graph.snapshot.locations.get(closure) ?? graph.snapshot.locations.get(shared);
  const own = closure < 0 ? '' : graph.name(closure);
  const sharedName = shared < 0 ? '' : graph.name(shared);
  return {
    name: own || (sharedName.startsWith('(') ? '' : sharedName) || computedName(graph, closure),
    file: script < 0 ? '' : graph.name(script),
    line: location === undefined ? 0 : location.line + 1,
    column: location === undefined ? 0 : location.column + 1,
  };
}

/** A name that is known only at run time is kept with the closure. */
function computedName(graph: HeapGraph, closure: number): string {
  const name = graph.at(closure, 'name');
  return name >= 0 && graph.type(name) === 'string' ? graph.name(name) : '';
}

/** The function of a suspended one: a method with the class of its object, or with the class itself where it is static. */
export function generatorName(graph: HeapGraph, generator: number): FunctionName {
  const found = closureName(graph, graph.at(generator, 'function'));
  const receiver = graph.at(generator, 'receiver');
  if (found.name === '' || receiver < 0 || !/^(object|closure)$/.test(graph.type(receiver))) return found;
  const owner = graph.type(receiver) === 'object' ? className(graph, receiver) : closureName(graph, receiver).name;
  if (isPlain(owner) || isArrowAt(found)) return found;
  return { ...found, name: `${owner}.${found.name}` };
}

/** Class of an object; V8 adds more to the names of global objects. */
export function className(graph: HeapGraph, node: number): string {
  const name = graph.name(node).replace(/^(global|Window)\b.*$/, 'globalThis');
  return /^Object( \(global\))? \/ /.test(name) ? 'Object' : name; // the global object of a vm context
}

/** Classes that say nothing of what an object is for. */
export function isPlain(name: string): boolean {
  return /^(|Object|Array|FixedQueue|FixedCircularBuffer|Waiter|AwaitWait|JointWait|Deferred|Node|Entry|Listener|List|LinkedList|SafeMap|SafeSet|Promise|Generator|AsyncGenerator|Map|Set|WeakMap|Function|Symbol|Module|globalThis|process|system \/ .*)$/.test(
    name,
  );
}

/** A function in the path of a holder: its name, or where it is. */
export function functionLabel({ name, file, line }: FunctionName): string {
  if (name !== '') return `${name}()`;
  return `function at ${file.startsWith('node:') ? file : basename(file)}:${line}`;
}
