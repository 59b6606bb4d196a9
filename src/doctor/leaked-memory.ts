// leaked-memory: more and more stays in use, though all garbage was collected.
import type { Disease } from './disease.ts';
import { bytes, inFunction, percent, time } from './wording.ts';

const leastGrowth = 20e6;
/** What a server learns and compiles in its first seconds is less. */
const leastPerRequest = 500;
const leastFactor = 2;
const quarters = 4;
/** Each quarter adds at least so much of what was added in all: a cache that is full grows no more. */
const leastOfQuarter = 0.05;

export const leakedMemory: Disease = (view) => {
  const { allocations, series } = view.thread;
  if (!view.isServing || allocations?.live === undefined) return [];
  const { before, after } = allocations.live;
  const growth = after - before;
  if (growth < leastGrowth || after < before * leastFactor || view.perRequest(growth) < leastPerRequest) return [];
  if (!growsAlways(series.heapMB)) return [];
  const [site] = allocations.sites;
  return [
    {
      disease: 'leaked-memory',
      weight: 0.6,
      verdict: `It leaks memory: ${bytes(growth)} more are in use after the load than before it, ${bytes(view.perRequest(growth))} for each request.`,
      evidence: [
        `It grew in every quarter of ${time(view.activeMs)}, from ${bytes(before)} to ${bytes(after)}, all garbage collected.`,
        ...(site === undefined
          ? []
          : [
              `Of all that was allocated, ${percent(site.bytes / Math.max(1, allocations.bytes))} was at ${view.line(site.at)}${inFunction(site.at)}.`,
            ]),
      ],
      advice:
        'Look for what outlives its request: a Map or list that nothing is deleted from, a cache without a size and an age, a listener or a timer for each request. Two heap snapshots show what holds them (node --heapsnapshot-signal=SIGUSR2).',
      at: site?.at ?? null,
    },
  ];
};

/** By the least of each quarter: between two collections there is garbage, too. */
function growsAlways(heapMB: readonly number[]): boolean {
  const size = Math.floor(heapMB.length / quarters);
  if (size === 0) return false;
  const least = Array.from({ length: quarters }, (_, part) =>
    Math.min(...heapMB.slice(part * size, (part + 1) * size)),
  );
  const growth = (least.at(-1) as number) - (least[0] as number);
  return (
    growth > 0 && least.slice(1).every((value, part) => value - (least[part] as number) >= growth * leastOfQuarter)
  );
}
