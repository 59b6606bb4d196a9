// Opens an address space again, in another thread.
import type { AddressSource, AddressSpace } from './address-space.ts';
import { CoreSpace } from './core-space.ts';
import { ProcessSpace } from './process-space.ts';

export function openSpace(source: AddressSource): AddressSpace {
  return source.type === 'core' ? new CoreSpace(source.file) : new ProcessSpace(source.pid, source.descriptor);
}
