// Whether something hangs on something: a chain such as `main → all[1/4] → reply → ... → [timer found /\d s left/] ×3`.
//
// The names of functions (`rows#2` for the second request of an async generator), `all[index/total]`, `any[index]` or `race`, `then`, `catch`,
// `finally`, `...` for any number of steps, and at the end the leaf: kinds (`*` for any, `socket|stream`), then words that are its
// verdict or in its detail or in the path to its settler. What only follows another promise, modules that only wait for one
// another, and functions inside Node and libraries may be left out. `×3`: of three functions of the first name, and no more.
import type { AwaitReport, Leaf, Source } from '../../src/report/awaits.ts';
import { isLibrary, labelOf } from './truth.ts';

/** The chains that do not hold, with what was found instead. */
export function findBrokenChains(report: AwaitReport, chains: readonly string[]): string[] {
  return chains.flatMap((chain) => {
    const [, text = '', count] = /^(.*?)(?: ×(\d+))?$/.exec(chain) ?? [];
    const [first = '', ...steps] = text.split(' → ');
    const starts = report.functions.filter((candidate) => labelOf(candidate) === first);
    const holding = starts.filter(({ awaits }) => leads(report, awaits, steps));
    if (count === undefined ? holding.length > 0 : holding.length === Number(count)) return [];
    const wrong = starts.find((start) => !holding.includes(start));
    const instead = wrong === undefined ? 'no such function' : drawChain(report, wrong.id);
    return `${holding.length} instead of ${count ?? 'at least 1'}: ${chain}\n    found: ${instead}`;
  });
}

/**
 * Whether these steps lead from a promise to their end. A promise with so many steps behind it is tried once: cycles end, and a
 * chain may be thousands of functions long.
 */
function leads(report: AwaitReport, start: number, steps: readonly string[]): boolean {
  const tried = new Set<string>();
  const open = [{ promise: start, done: 0 }];
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    const { promise, done } = state;
    if (done === steps.length) return true;
    const key = `${promise} ${done}`;
    if (tried.has(key)) continue;
    tried.add(key);
    const step = steps[done] as string;
    if (step === '...') open.push({ promise, done: done + 1 });
    for (const source of report.promises[promise]?.settledBy ?? []) {
      for (const { name, promise: behind } of next(report, source)) {
        const fitting = fits(step, name, source);
        if (behind === null) {
          if (fitting && done + 1 === steps.length) return true;
          continue;
        }
        if (fitting) open.push({ promise: behind, done: done + 1 });
        if (step === '...' || mayBeLeftOut(report, source)) open.push({ promise: behind, done });
      }
    }
  }
  return false;
}

function mayBeLeftOut({ functions }: AwaitReport, source: Source): boolean {
  if (source.type === 'follows' || source.type === 'module') return true;
  if (source.type !== 'function' && source.type !== 'request') return false;
  const file = functions[source.function]?.at?.file ?? '';
  return file.startsWith('node:') || isLibrary(file);
}

function fits(step: string, name: string, source: Source): boolean {
  if (source.type === 'leaf') return step.startsWith('[') && fitsLeaf(step.slice(1, -1), source);
  return [name, name.replace(/\/.*\]/, ']'), name.replace(/\[\d.*/, ''), name.replace(/#\d+$/, '')].includes(step);
}

function fitsLeaf(wanted: string, { kind, verdict, detail, settledBy }: Leaf): boolean {
  const [kinds = '', ...words] = wanted.match(/\/.+\/|\S+/g) ?? [];
  const text = [verdict, detail, ...settledBy].join(' → ');
  if (kinds !== '*' && !kinds.split('|').includes(kind.replace(' ', '-'))) return false;
  return words.every((word) => (word.startsWith('/') ? new RegExp(word.slice(1, -1)).test(text) : text.includes(word)));
}

/** Where a source leads: its name, and the promise behind it, null at a leaf. */
function next(report: AwaitReport, source: Source): { name: string; promise: number | null }[] {
  switch (source.type) {
    case 'function':
    case 'request': {
      const { awaits, name, kind } = report.functions[source.function] as AwaitReport['functions'][number];
      const position = source.type === 'request' ? `#${source.position}` : '';
      return [{ name: labelOf({ name, kind }) + position, promise: awaits }];
    }
    case 'combinator':
      return source.inputs.map(({ promise, index }) => ({
        name: index === null ? source.method : `${source.method}[${index}/${source.total}]`,
        promise,
      }));
    case 'then':
      return [{ name: source.method, promise: source.promise }];
    case 'follows':
      return [{ name: 'follows', promise: source.promise }];
    case 'module':
      return source.promises.map((promise) => ({ name: 'module', promise }));
    default:
      return [{ name: drawLeaf(source), promise: null }];
  }
}

function drawLeaf({ kind, verdict, detail, settledBy }: Leaf): string {
  return `[${kind} ${verdict}${detail === '' ? '' : ` (${detail})`}${settledBy.length > 0 ? ` by ${settledBy.join(' → ')}` : ''}]`;
}

const mostDrawn = 12;

/** What a function hangs on, down to the leaves, the first three of each branch. */
export function drawChain(report: AwaitReport, start: number): string {
  const draw = (promise: number, depth: number): string => {
    if (depth > mostDrawn) return '...';
    const ways = (report.promises[promise]?.settledBy ?? []).flatMap((source) => next(report, source));
    const drawn = ways
      .slice(0, 3)
      .map(({ name, promise: behind }) => (behind === null ? name : `${name} → ${draw(behind, depth + 1)}`));
    if (ways.length > 3) drawn.push(`${ways.length - 3} more`);
    return drawn.length === 1 ? (drawn[0] as string) : `{ ${drawn.join(' | ')} }`;
  };
  const first = report.functions[start];
  return first === undefined ? 'nothing' : `${labelOf(first)} → ${draw(first.awaits, 1)}`;
}
