// A leaf and who could settle it, on as many lines as that takes: a path is what leads to the culprit, so it is never cut.
import type { LeafSummary } from '../report/await-detail.ts';
import { settlerSteps } from './await-wording.ts';
import { foldPieces, type Paint } from './lines.ts';
import { cutRight, leafText, widthOf } from './wording.ts';

/** `socket 127.0.0.1:5432`, and below it or beside it `settled by pool → Map → resolve`. */
export function leafLines(leaf: LeafSummary, width: number, paint: Paint, settlers: boolean): string[] {
  const { verdict } = leaf;
  const name = cutRight(leafText(leaf), width);
  const title = paint(verdict === 'none' ? 'red' : 'cyan', name);
  if (!settlers && verdict === 'unknown') return [title];
  const steps = settlerSteps(leaf);
  const [first = '', ...rest] = steps;
  const pieces = verdict === 'found' ? [`settled by ${first}`, ...rest] : steps;
  const beside = `${name} · ${pieces.join(' → ')}`;
  const colour = (text: string): string => (verdict === 'none' ? paint('red', text) : text);
  if (widthOf(beside) <= width) return [`${title} · ${colour(pieces.join(' → '))}`];
  return [title, ...foldPieces(pieces, width, '  ', ' → ').map(colour)];
}
