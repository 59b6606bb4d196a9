// The await tree, to fold and unfold.
import { linkTo, type Anchored } from './html-anchors.ts';
import { markup, trusted, type Markup } from './markup.ts';
import { buildTree, type Node } from './tree.ts';
import { taskName } from './wording.ts';

const mostNodes = 1000;

/** Nothing where there is no task. */
export function drawTree(anchored: Anchored): Markup | null {
  const roots = buildTree(anchored.report);
  if (roots.length === 0) return null;
  const names = new Map(anchored.report.tasks.map((task) => [task.id, taskName(task)]));
  let left = mostNodes;
  let omitted = 0;
  const drawList = (nodes: readonly Node[]): Markup => {
    const shown: Markup[] = [];
    for (const node of nodes) {
      if (left-- > 0) shown.push(drawNode(node));
      else omitted++;
    }
    return markup`<ul>${shown}</ul>`;
  };
  const drawNode = ({ lines, branches, times, onlyCreated }: Node): Markup => {
    const [title = [], ...others] = lines.map((phrases) => [...phrases]);
    if (times > 1) title[0] = `${times} × ${title[0]}`;
    const head = drawPhrases(title);
    const rest = others.map((phrases) => markup`<p class="dim">${drawPhrases(phrases)}</p>`);
    const body =
      branches.length === 0
        ? markup`<p>${head}</p>${rest}`
        : markup`<details open><summary>${head}</summary>${rest}${drawList(branches)}</details>`;
    return markup`<li data-row${trusted(onlyCreated === true ? ' class="created"' : '')}>${body}</li>`;
  };
  /** What begins or ends with the name of a task leads to it. */
  const drawPhrases = (phrases: readonly string[]): Markup => {
    const drawn = phrases.map((phrase, index) => {
      const id = Number(/ #(\d+)(?= for |$)/.exec(phrase)?.[1]);
      const name = names.get(id);
      const at = name === undefined ? -1 : phrase.indexOf(name);
      const separator = index === 0 ? '' : ' · ';
      if (name === undefined || at < 0) return markup`${separator}${phrase}`;
      const link = linkTo(anchored.taskAnchor(id), name);
      return markup`${separator}${phrase.slice(0, at)}${link}${phrase.slice(at + name.length)}`;
    });
    return markup`${drawn}`;
  };
  const tree = drawList(roots);
  const more = omitted === 0 ? null : markup`<p class="dim">… and ${omitted} more branches; the JSON has all</p>`;
  return markup`<h3>Await tree <small>below each is what it awaits; in italics what it created and nobody awaits</small></h3>
<div class="tree">${tree}</div>${more}`;
}
