// What a call of a library is called: by the function that it was given, or else by the library and the place of the call.
import type { Origin, TaskKind } from '../src/channels/task.ts';
import { CallSites } from '../src/runtime/call-site.ts';
import { originOf } from '../src/runtime/origin.ts';
import { nameAt } from './hook-module.ts';

const sites = new CallSites();

/**
 * The origin for a call that begins now.
 * @param label the name of the library
 * @param run the function that the library was given
 * @param at the runtime clock
 */
export function originAt(kind: TaskKind, label: string, run: { readonly name: string }, at: number): Origin {
  if (run.name !== '') return originOf(kind, run.name, at);
  const site = sites.capture(label, at);
  return { kind, name: nameAt(label, site), site };
}
