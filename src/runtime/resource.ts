// What every resource does when it is made, whether it is ours or stands for a foreign object.
import { resourceCreated, type ResourceRecord } from '../channels/resource.ts';
import type { Site } from '../channels/site.ts';
import { CallSites } from './call-site.ts';
import { now } from './clock.ts';
import { nextId } from './context.ts';

const sites = new CallSites();

/** What every resource knows of itself from the moment it is made. */
export interface Identity {
  readonly id: number;
  readonly createdAt: number;
  readonly site: Site | null;
}

/** Gives a resource its id, time and site. */
export function identify(name: string): Identity {
  const createdAt = now();
  return { id: nextId(), createdAt, site: sites.capture(name, createdAt) };
}

/** Tells whoever listens that a resource exists. */
export function announce(resource: ResourceRecord): void {
  if (resourceCreated.hasSubscribers) resourceCreated.publish(resource);
}
