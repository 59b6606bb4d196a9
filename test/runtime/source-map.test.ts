import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import type { Site } from '../../src/channels/site.ts';
import { SiteMapper } from '../../src/runtime/source-map.ts';

const folder = mkdtempSync(join(tmpdir(), 'loopscope-'));
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;

/** A compiled file which names its map so. */
function compiled(comment: string): string {
  const file = join(folder, `compiled-${++count}.js`);
  writeFileSync(file, `run();\nrun();\n${comment}\n`);
  return file;
}

// Line 2, column 1 of the compiled file comes from line 10, column 5 of the source.
const map = { version: 3, names: [], sources: ['../src/source.ts'], mappings: ';AASI' };

function inline(content: object, encoding: 'base64' | 'uri' = 'base64'): string {
  const json = JSON.stringify(content);
  const data =
    encoding === 'base64'
      ? `;base64,${Buffer.from(json).toString('base64')}`
      : `;charset=utf-8,${encodeURIComponent(json)}`;
  return compiled(`//# sourceMappingURL=data:application/json${data}`);
}

function mapped(file: string, line = 2): Site {
  return new SiteMapper().map({ file, line, column: 1, function: 'run', exact: true });
}

const source = join(dirname(folder), 'src/source.ts');
const found = { file: source, line: 10, column: 5, function: 'run', exact: true };

test('an inline map, in base64 or percent-encoded, and a map in a file beside', () => {
  writeFileSync(join(folder, 'beside it.js.map'), JSON.stringify(map));
  expect([
    mapped(inline(map)),
    mapped(inline(map, 'uri')),
    mapped(compiled('//# sourceMappingURL=beside%20it.js.map')),
    mapped(pathToFileURL(inline(map)).href),
  ]).toEqual([found, found, found, found]);
});

test('sources under a root, as file URLs, as absolute paths, and as URLs of a bundler', () => {
  const fileOf = (change: object): string => mapped(inline({ ...map, ...change })).file;
  expect([
    fileOf({ sourceRoot: '../src', sources: ['source.ts'] }),
    fileOf({ sources: [pathToFileURL(source).href] }),
    fileOf({ sources: [source] }),
    fileOf({ sources: ['webpack://app/./src/source.ts'] }),
  ]).toEqual([source, source, source, 'webpack://app/./src/source.ts']);
});

test('the files of a container are read below its root, and named as it names them', () => {
  mkdirSync(join(folder, 'root/app'), { recursive: true });
  writeFileSync(join(folder, 'root/app/inside.js'), 'run();\n//# sourceMappingURL=inside.js.map\n');
  writeFileSync(join(folder, 'root/app/inside.js.map'), JSON.stringify(map));
  const mapper = new SiteMapper({ root: join(folder, 'root') });
  const site = { line: 2, column: 1, function: 'run', exact: true };
  expect(['/app/inside.js', 'file:///app/inside.js'].map((file) => mapper.map({ ...site, file }))).toEqual(
    Array.from({ length: 2 }, () => ({ ...found, file: '/src/source.ts' })),
  );
});

test('a name that is that of a pipe is not waited for', () => {
  const file = join(folder, 'pipe.js');
  execFileSync('mkfifo', [file]);
  expect(mapped(file)).toMatchObject({ file, line: 2 });
});

test('without a map, or with one that cannot be read, a site stays as it is', () => {
  const files = [
    compiled(''),
    compiled('//# sourceMappingURL=missing.js.map'),
    compiled('//# sourceMappingURL=data:application/json;base64,e30='),
    compiled('//# sourceMappingURL=data:application/json;base64,not json'),
    compiled('//# sourceMappingURL=%E0%A4%A.map'),
    inline({ ...map, sources: null }),
    join(folder, 'missing.js'),
    'evalmachine.<anonymous>',
    'file://elsewhere/path.js',
  ];
  expect(files.map((file) => mapped(file))).toEqual(
    files.map((file) => ({ file, line: 2, column: 1, function: 'run', exact: true })),
  );
});

test('a line that the map does not know stays as it is', () => {
  const file = inline(map);
  expect(mapped(file, 1)).toEqual({ file, line: 1, column: 1, function: 'run', exact: true });
});
