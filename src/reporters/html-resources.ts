// What is held and queued, with links to who holds it and who took from it.
import type { HolderEntry, ResourceEntry } from '../report/format.ts';
import { linkResource, linkTask, mostRows, type Anchored } from './html-anchors.ts';
import { markup, type Markup } from './markup.ts';
import { resourceFacts } from './resource-facts.ts';
import { count, duration, parkedPhrases, place } from './wording.ts';

const mostHolders = 10;

/** Nothing where nothing is in use. */
export function drawResources(anchored: Anchored): Markup | null {
  const { resources, process: of } = anchored.report;
  if (resources.length === 0) return null;
  const byId = new Map(anchored.report.tasks.map((task) => [task.id, task]));
  const drawHolder = ({ task, forMs, at, settled }: HolderEntry): Markup => {
    const phrases = [
      `for ${duration(forMs)}`,
      ...(settled ? ['it has settled and never released'] : []),
      ...(at === null ? [] : [`taken at ${place(at, of.directory)}`]),
      ...parkedPhrases(byId.get(task.id), of.directory),
    ];
    return markup`<span class="holder">${linkTask(anchored, task)}<small> ${phrases.join(' · ')}</small></span>`;
  };
  const drawRow = (resource: ResourceEntry): Markup => {
    const { holders, lastTaker, createdAt } = resource;
    const more = holders.length - mostHolders;
    const taker =
      holders.length === 0 && lastTaker !== null
        ? markup`<span class="holder">last taken by ${linkTask(anchored, lastTaker)}</span>`
        : null;
    return markup`<tr data-row id="${anchored.resourceAnchor(resource.id) ?? ''}"><td data-of="what">${linkResource(anchored, resource)}</td><td data-of="state">${resourceFacts(resource).join(' · ')}</td><td data-of="held by"><span>${holders.slice(0, mostHolders).map(drawHolder)}${more > 0 ? `and ${more} more` : ''}${taker}</span></td><td data-of="created at">${createdAt === null ? '' : place(createdAt, of.directory)}</td></tr>
`;
  };
  const more = resources.length - mostRows;
  return markup`<h3>Held and queued <small>${resources.length}</small></h3>
<table><thead><tr><th scope="col" class="w16">what</th><th scope="col">state</th><th scope="col">held by</th><th scope="col" class="w20">created at</th></tr></thead><tbody>
${resources.slice(0, mostRows).map(drawRow)}</tbody></table>${more > 0 ? markup`<p class="dim">… and ${count(more, 'resource')} more</p>` : null}`;
}
