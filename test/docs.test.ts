// What the documentation names is there: exports, options, variables, and the files that it links to.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pages as generated } from '../docs/pages.ts';
import { helpTexts } from '../src/commands/help.ts';
import { libraries } from '../instrumentation/hook-libraries.ts';
import * as loopscope from '../src/index.ts';
import * as instrumentation from '../src/instrumentation.ts';

const pages = ['README.md', ...globSync('docs/*.md')];
const read = (page: string): string => readFileSync(page, 'utf8');

test.each(pages)('every link of %s leads to a file', (page) => {
  const links = Array.from(read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g), ([, link]) => link as string);
  expect(links.filter((link) => !existsSync(join(dirname(page), link)))).toEqual([]);
});

test.each(pages)('every name that %s imports is exported', (page) => {
  const missing = Array.from(
    read(page).matchAll(/import \{([^}]*)\} from '(loopscope[^']*)'/g),
    ([, names = '', from]) => {
      const exported = from === 'loopscope' ? loopscope : instrumentation;
      const imported = names.split(',').map((name) => name.trim().replace(/ as .*/, ''));
      return from === 'loopscope/instrumentation' || from === 'loopscope'
        ? imported.filter((name) => name !== '' && !(name in exported))
        : [];
    },
  );
  expect(missing.flat()).toEqual([]);
});

test('what --help prints fits 80 columns', () => {
  const lines = Object.values(helpTexts).flatMap((text) => text.split('\n'));
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
});

describe('options', () => {
  const optionsIn = (text: string): string[] => [...new Set(text.match(/(?<![\w-])--[a-z][a-z-]+/g))].toSorted();

  test.each(Object.keys(helpTexts))('those that `%s --help` has are documented', (command) => {
    const documented = optionsIn(pages.map(read).join('\n'));
    expect(optionsIn(helpTexts[command] as string).filter((option) => !documented.includes(option))).toEqual([]);
  });
});

test('every environment variable that is read is documented, and none else', () => {
  const namesIn = (text: string): string[] => [...new Set(text.match(/\bLOOPSCOPE_[A-Z_]+/g))].toSorted();
  // set by `loopscope run` for the processes that it runs
  const internal = new Set(['LOOPSCOPE_RUN_DIRECTORY']);
  const known = namesIn(read('src/config.ts')).filter((name) => !internal.has(name));
  expect(
    namesIn(
      pages
        .map(read)
        .join('\n')
        .replaceAll(/ERR_LOOPSCOPE_\w+/g, ''),
    ),
  ).toEqual(known);
});

test('the table of libraries has those that the hook knows', () => {
  const rows = Array.from(
    read('docs/libraries.md').matchAll(/^\| ([@a-z][\w/-]*) \| ([^|]*) \|/gm),
    ([, name]) => name,
  );
  expect(rows.filter((name) => name !== 'library')).toEqual([...libraries.keys()].toSorted());
});

test.each(Object.entries(generated()))('%s is as the code is: npm run docs', (page, text) => {
  expect(read(page)).toBe(text);
});
