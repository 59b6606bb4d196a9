// How long what arrives waits for the loop, of a recording.
import type { TurnsEntry } from './recording.ts';

/** The least delay that is exceeded less than 1 % of the time, in milliseconds; 0 where none was measured. */
export function delayP99({ delays }: Pick<TurnsEntry, 'delays'>): number {
  return (delays.find(({ share }) => share < 0.01) ?? delays.at(-1))?.overMs ?? 0;
}
