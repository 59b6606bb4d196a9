// Names of resources that say where these were made.
import type { ResourceRecord } from '../channels/resource.ts';
import type { Site } from '../channels/site.ts';

/** The name of a resource; the place in it, where there is one, is that of the source and not of what was compiled. */
export function resourceName({ name, site }: ResourceRecord, mapSite: (site: Site) => Site): string {
  if (site === null) return name;
  const compiled = placeOf(site);
  return name.includes(compiled) ? name.replace(compiled, () => placeOf(mapSite(site))) : name;
}

/** `orders.js:12` */
function placeOf({ file, line }: Site): string {
  const [path = ''] = file.split(/[?#]/);
  return `${path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)}:${line}`;
}
