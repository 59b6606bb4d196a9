// How rules call tasks and resources, and which lines they name.
import type { SiteEntry, Target } from '../report/format.ts';

const longest = 60;

/** `load #5`; what is outside of all tasks has no number. */
export function nameOf({ id, name }: { readonly id: number; readonly name: string }): string {
  return id === 0 ? short(name) : `${short(name)} #${id}`;
}

/** `lock stock` */
export function resourceName({ kind, name }: Pick<Target, 'kind' | 'name'>): string {
  return `${kind} ${short(name)}`;
}

/** `10,000` */
export function grouped(number: number): string {
  return number.toLocaleString('en-US');
}

/** At most 60 characters of a name. */
export function short(name: string): string {
  return name.length <= longest ? name : `${name.slice(0, longest - 1)}…`;
}

/** Whether a line is neither Node's nor a library's. */
export function isProgram({ file }: Pick<SiteEntry, 'file'>): boolean {
  return !/^node:|^wasm:|[/\\]node_modules[/\\]/.test(file);
}
