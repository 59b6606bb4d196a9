// `loopscope tree PID`: what a process awaits, as trees of who awaits whom.
import { awaitJson } from '../reporters/await-json.ts';
import { awaitTree } from '../reporters/await-tree.ts';
import { parseAwaitOptions } from './await-options.ts';
import { look } from './look.ts';

export async function tree(words: readonly string[]): Promise<void> {
  const options = parseAwaitOptions('tree', words);
  const { filter, format, direction, focus, depth } = options;
  await look('tree', options, (report, drawing, watch) =>
    format === 'json'
      ? awaitJson(report, { filter, ...(watch === null ? {} : { watch }) })
      : awaitTree(report, {
          ...drawing,
          filter,
          direction,
          ...(focus === null ? {} : { focus }),
          ...(depth === null ? {} : { depth }),
        }),
  );
}
