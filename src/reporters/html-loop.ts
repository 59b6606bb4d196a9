// The event loop: what blocked it, longest first, with bars.
import type { BlockEntry } from '../report/format.ts';
import { linkTask, type Anchored } from './html-anchors.ts';
import { step } from './html-tasks.ts';
import { drawLoop as loopLines } from './loop-lines.ts';
import { markup, type Markup } from './markup.ts';
import { duration, place, plain } from './wording.ts';

const mostBlocks = 100;

/** Nothing where the loop was not measured. */
export function drawLoop(anchored: Anchored): Markup | null {
  const { loop, process: of } = anchored.report;
  if (loop == null) return null; // reports of earlier versions have none
  const [first = ''] = loopLines({ ...anchored.report, loop: { ...loop, blocks: [], droppedBlocks: 0 } }, 500);
  const longestMs = Math.max(1, ...loop.blocks.map(({ totalMs }) => totalMs));
  const drawBlock = (block: BlockEntry): Markup => {
    const [top, ...callers] = block.stack;
    const name = block.native ?? (top === undefined ? block.kind : plain(top.function) || '(anonymous)');
    const tasks = block.tasks.map((task) => markup`<span class="holder">${linkTask(anchored, task)}</span>`);
    const from = callers.map(
      (site) =>
        markup`<span class="holder dim">from ${plain(site.function) || '(anonymous)'} · ${place(site, of.directory)}</span>`,
    );
    return markup`<tr data-row><td data-of="what"><span>${name}<small> ${block.kind}</small></span></td><td data-of="time"><span>${duration(block.totalMs)}${block.now ? ' and still' : ''}<span class="bar"><i class="b${step(block.totalMs / longestMs)}"></i></span></span></td><td data-of="times">${block.count}</td><td data-of="longest">${duration(block.maxMs)}</td><td data-of="at"><span>${top === undefined ? '' : place(top, of.directory)}${from}</span></td><td data-of="in task"><span>${tasks}${block.otherTasks > 0 ? `and ${block.otherTasks} more` : ''}</span></td></tr>
`;
  };
  const table =
    loop.blocks.length === 0
      ? null
      : markup`<table><thead><tr><th scope="col" class="w20">blocked by</th><th scope="col" class="w10">time</th><th scope="col" class="w6">times</th><th scope="col" class="w8">longest</th><th scope="col">at</th><th scope="col" class="w16">in task</th></tr></thead><tbody>
${loop.blocks.slice(0, mostBlocks).map(drawBlock)}</tbody></table>`;
  const more = loop.droppedBlocks + Math.max(0, loop.blocks.length - mostBlocks);
  return markup`<h3>Loop</h3><p>${first}</p>${table}${more > 0 ? markup`<p class="dim">… and ${more} more blocks</p>` : null}`;
}
