// Something that is open, as it was found, before anybody asked where it comes from.
import type { HandleKind } from '../report/handles.ts';

export interface Found {
  readonly kind: HandleKind;
  readonly detail: string;
  readonly refed: boolean;
  readonly keepsAlive: boolean;
  /** It, and what it belongs to: the first whose place is known tells the place. */
  readonly things: readonly unknown[];
  /** Null where only its place tells it. */
  readonly ageMs: number | null;
  readonly leftMs?: number;
  /** What it calls. */
  readonly callback?: ((...parameters: never) => unknown) | null;
}

/** An object of Node's, of which nobody promises what it has. */
export type Unknown = Readonly<Record<string, unknown>>;

/** The value of a property whose key is a symbol of Node's own. */
export function bySymbol(object: object, description: string): unknown {
  const symbol = Object.getOwnPropertySymbols(object).find((each) => each.description === description);
  return symbol === undefined ? undefined : (object as Record<symbol, unknown>)[symbol];
}

/** Whether a handle is ref'ed; true where it cannot tell: Node lists none that is not. */
export function isRefed(handle: unknown): boolean {
  const { hasRef } = (handle ?? {}) as { readonly hasRef?: unknown };
  return typeof hasRef === 'function' ? Reflect.apply(hasRef, handle, []) !== false : true;
}

/** The name of what made an object; empty where it has none. */
export function className(object: unknown): string {
  try {
    const { constructor } = object as { readonly constructor?: { readonly name?: unknown } };
    return typeof constructor?.name === 'string' ? constructor.name : '';
  } catch {
    return '';
  }
}
