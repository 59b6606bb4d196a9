// Numbers over time as a small picture: an area under a curve, with its highest value.
import { markup, trusted, type Markup } from './markup.ts';

const width = 300;
const height = 60;
const smallWidth = 120;
const smallHeight = 18;

/** A curve with its title and its highest value. Nothing for fewer than two points. */
export function drawCurve(title: string, values: readonly number[], most: string): Markup | null {
  if (values.length < 2) return null;
  const label = `${title}, at most ${most}`;
  return markup`<figure><figcaption>${title} <small>at most ${most}</small></figcaption><svg role="img" aria-label="${label}" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none">${area(values, width, height)}</svg></figure>`;
}

/** A curve that fits into a row of a table. */
export function drawSmallCurve(values: readonly number[], label: string): Markup | null {
  if (values.length < 2 || Math.max(...values) <= 0) return null;
  return markup`<svg class="small" role="img" aria-label="${label}" viewBox="0 0 ${smallWidth} ${smallHeight}" preserveAspectRatio="none">${area(values, smallWidth, smallHeight)}</svg>`;
}

function area(values: readonly number[], right: number, bottom: number): Markup {
  const most = Math.max(...values, Number.MIN_VALUE);
  const points = values.map((value, index) => {
    const x = (index / (values.length - 1)) * right;
    const y = bottom - 1 - (Math.max(0, value) / most) * (bottom - 2);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  return trusted(`<path class="curve" d="M0,${bottom}L${points.join('L')}L${right},${bottom}Z"/>`);
}
