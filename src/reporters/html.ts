// One page.
import type { CiOptions } from './ci-place.ts';
import type { Examined } from './findings.ts';

export function renderHtml(examined: readonly Examined[], _options: CiOptions): string {
  return `${examined.length}`;
}
