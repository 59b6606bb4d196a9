// The code as it would be if there were no channels: a copy of dist in which nothing asks for subscribers or publishes.
import { cp, mkdtemp, readdir, readFile, realpath, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assertDone } from './result.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const guarded = /\n[ \t]*if \((\w+)\.hasSubscribers\)\s*\1\.publish\([^;]*\);/g;

export interface Stripped {
  /** The folder that stands for `dist/src`. */
  readonly folder: string;
  readonly removed: number;
  /** The folder to remove afterwards. */
  readonly copy: string;
}

/** Copies dist and takes out every `if (channel.hasSubscribers) channel.publish(…)`; whoever else asks is told no. */
export async function stripChannels(): Promise<Stripped> {
  const copy = await realpath(await mkdtemp(join(tmpdir(), 'loopscope-bench-')));
  await cp(join(root, 'dist'), join(copy, 'dist'), { recursive: true });
  await cp(join(root, 'package.json'), join(copy, 'package.json'));
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'), 'dir');
  let removed = 0;
  for (const folder of ['primitives', 'resilience', 'runtime']) {
    const path = join(copy, 'dist/src', folder);
    for (const name of await readdir(path)) {
      if (!name.endsWith('.js')) continue;
      const file = join(path, name);
      const text = await readFile(file, 'utf8');
      const without = text
        .replaceAll(guarded, () => {
          removed++;
          return '';
        })
        .replaceAll(/\w+\.hasSubscribers/g, () => {
          removed++;
          return 'false';
        });
      assertDone(`publishing left in ${name} after stripping`, false, /\.hasSubscribers|\.publish\(/.test(without));
      if (without !== text) await writeFile(file, without);
    }
  }
  // In the source the same statements, counted another way: a new one that the expression above does not match is seen.
  assertDone('guarded publications stripped', await countInSource(), removed);
  return { folder: join(copy, 'dist/src'), removed, copy };
}

async function countInSource(): Promise<number> {
  let count = 0;
  for (const folder of ['primitives', 'resilience', 'runtime']) {
    for (const name of await readdir(join(root, 'src', folder))) {
      const text = await readFile(join(root, 'src', folder, name), 'utf8');
      count += text.split('.hasSubscribers').length - 1;
    }
  }
  if (count === 0) throw new Error('no publication found in the source');
  return count;
}
