// The parts of a report that come from a CPU profile.
import type { BlockGroup, TaskTime } from '../channels/loop.ts';
import type { Site } from '../channels/site.ts';
import type { ProfileEntry, SelfTimeEntry, SiteEntry } from './format.ts';

/** A CPU profile that is finished. */
export interface ProfileSource {
  readonly file: string;
  readonly durationMs: number;
  /** Null where tasks were not sampled. */
  readonly tasks: readonly TaskTime[] | null;
  /** The functions with the most time of their own within these stretches of the runtime clock, the most first. */
  slice(spans: BlockGroup['spans']): readonly { function: string; site: Site | null; selfMs: number }[];
}

export function buildProfile({ file, durationMs, tasks }: ProfileSource): ProfileEntry {
  return {
    file,
    durationMs: rounded(durationMs),
    tasks:
      tasks?.map(({ name, cpuMs, errorMs, samples }) => ({
        name,
        cpuMs: rounded(cpuMs),
        errorMs: rounded(errorMs),
        samples,
      })) ?? null,
  };
}

/** What ran during blocks, by the profile. */
export function buildSlice(
  profile: ProfileSource,
  { spans }: BlockGroup,
  mapSite: (site: Site) => SiteEntry,
): SelfTimeEntry[] {
  return profile.slice(spans).map(({ function: name, site, selfMs }) => ({
    function: name,
    at: site === null ? null : mapSite(site),
    selfMs: rounded(selfMs),
  }));
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
